package dev.muster.standalone.reference;

import com.sun.source.doctree.DocCommentTree;
import com.sun.source.doctree.DocTree;
import com.sun.source.doctree.ParamTree;
import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.util.DocTrees;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreePathScanner;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import javax.lang.model.element.Modifier;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;

/// The documentation comments of classes and methods, read from their sources.
final class SourceComments {
  /// What a comment says.
  ///
  /// @param parameters by name: of a record, its components
  record Comment(String text, Map<String, String> parameters) {
    static final Comment NONE = new Comment("", Map.of());
  }

  private final Map<String, Comment> comments = new HashMap<>();

  private SourceComments() {}

  static SourceComments read(List<Path> roots) {
    var files = new ArrayList<Path>();
    for (var root : roots) {
      try (var all = Files.walk(root)) {
        all.filter(file -> file.toString().endsWith(".java")).forEach(files::add);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    var read = new SourceComments();
    var compiler = ToolProvider.getSystemJavaCompiler();
    try (var manager = compiler.getStandardFileManager(null, null, null)) {
      var task =
          (JavacTask)
              compiler.getTask(
                  null, manager, null, null, null, manager.getJavaFileObjectsFromPaths(files));
      var trees = DocTrees.instance(task);
      for (var unit : task.parse()) {
        read.new Scanner(trees, unit).scan(unit, null);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return read;
  }

  Comment of(Class<?> type) {
    return comments.getOrDefault(type.getCanonicalName(), Comment.NONE);
  }

  Comment of(Method method) {
    return comments.getOrDefault(
        key(
            method.getDeclaringClass().getCanonicalName(),
            method.getName(),
            method.getParameterCount()),
        Comment.NONE);
  }

  private static String key(@Nullable String type, String method, int parameters) {
    return type + "#" + method + "/" + parameters;
  }

  private final class Scanner extends TreePathScanner<@Nullable Void, @Nullable Void> {
    private final DocTrees trees;
    private final Deque<String> names = new ArrayDeque<>();

    Scanner(DocTrees trees, CompilationUnitTree unit) {
      this.trees = trees;
      names.add(String.valueOf(unit.getPackageName()));
    }

    @Override
    public @Nullable Void visitClass(ClassTree type, @Nullable Void nothing) {
      names.addLast(type.getSimpleName().toString());
      keep(String.join(".", names));
      super.visitClass(type, null);
      names.removeLast();
      return null;
    }

    @Override
    public @Nullable Void visitMethod(MethodTree method, @Nullable Void nothing) {
      // A route's method may have a private one of its name after it.
      if (!method.getModifiers().getFlags().contains(Modifier.PRIVATE)) {
        keep(
            key(
                String.join(".", names),
                method.getName().toString(),
                method.getParameters().size()));
      }
      return null;
    }

    private void keep(String key) {
      var comment = trees.getDocCommentTree(getCurrentPath());
      if (comment != null) {
        comments.put(key, new Comment(text(comment.getFullBody()), parameters(comment)));
      }
    }
  }

  private static Map<String, String> parameters(DocCommentTree comment) {
    return comment.getBlockTags().stream()
        .filter(ParamTree.class::isInstance)
        .map(ParamTree.class::cast)
        .collect(
            Collectors.toMap(
                parameter -> parameter.getName().toString(),
                parameter -> text(parameter.getDescription())));
  }

  /// The text without its line ends, but for those between paragraphs; what it refers to is named.
  private static String text(List<? extends DocTree> parts) {
    var text = parts.stream().map(DocTree::toString).collect(Collectors.joining());
    return text.replaceAll("\\[#?([A-Za-z.]+)(?:#[A-Za-z_]+)?](?!\\()", "$1")
        .replaceAll("(?<!\\n)\\n\\s*(?!\\n)", " ")
        .replaceAll("[ \\t]+", " ")
        .strip();
  }
}
