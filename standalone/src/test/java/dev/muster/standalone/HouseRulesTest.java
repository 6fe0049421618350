package dev.muster.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// What holds of the sources themselves: where a task's rows are written, and how large things are.
class HouseRulesTest {
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final List<String> MODULES =
      List.of("events", "tasks", "api", "dispatcher", "client", "cli", "standalone");
  private static final Pattern WRITES_TASKS =
      Pattern.compile("\\b(?:INSERT INTO|UPDATE|DELETE FROM)\\s+(?:task|task_attempt)\\b");
  private static final Pattern TEXT_BLOCK = Pattern.compile("\"\"\"\\n(.*?)\"\"\"", Pattern.DOTALL);
  private static final Pattern CODE_BLOCK =
      Pattern.compile("^```.*?^```", Pattern.DOTALL | Pattern.MULTILINE);
  private static final Predicate<String> IS_CODE =
      Pattern.compile("^\\s*(?:$|//|import |package )").asPredicate().negate();

  private static final int STATEMENT_LINES_MAX = 60;
  private static final int CLASS_LINES_MAX = 250;
  private static final int PACKAGE_CLASSES_MAX = 20;

  private static final int PROSE_WIDTH_MAX = 120;

  /// Code, tables, HTML, and what is one word.
  private static final Predicate<String> IS_PROSE =
      Pattern.compile("^(?! {4}|\\s*[|<]|\\S+$|`[^`]*`$)").asPredicate();

  private static final Map<Path, String> SOURCES = sources();

  private static Map<Path, String> sources() {
    var sources = new TreeMap<Path, String>();
    for (var module : MODULES) {
      try (var files = Files.walk(ROOT.resolve(module).resolve("src/main/java"))) {
        for (var file : files.filter(f -> f.toString().endsWith(".java")).toList()) {
          sources.put(ROOT.relativize(file), Files.readString(file));
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return sources;
  }

  private static String packageOf(Path file) {
    return Objects.requireNonNull(file.getParent()).toString();
  }

  private static Stream<String> textBlocks(String source) {
    return TEXT_BLOCK.matcher(source).results().map(block -> block.group(1));
  }

  @Test
  void theRowsOfTasksAreWrittenInOnePackage() {
    var packages =
        SOURCES.entrySet().stream()
            .filter(e -> WRITES_TASKS.matcher(e.getValue()).find())
            .map(e -> packageOf(e.getKey()))
            .collect(Collectors.toSet());

    assertThat(packages).containsExactly("tasks/src/main/java/dev/muster/tasks/store");
  }

  @Test
  void noStatementIsLongerThanAPage() {
    var tooLong =
        SOURCES.entrySet().stream()
            .filter(e ->
                textBlocks(e.getValue())
                    .anyMatch(block -> block.lines().count() > STATEMENT_LINES_MAX))
            .map(e -> e.getKey().toString())
            .toList();

    assertThat(tooLong).isEmpty();
  }

  @Test
  void noClassIsTooLongToRead() {
    var tooLong =
        SOURCES.entrySet().stream()
            .filter(e -> e.getValue().lines().filter(IS_CODE).count() > CLASS_LINES_MAX)
            .map(e -> e.getKey().toString())
            .toList();

    assertThat(tooLong).isEmpty();
  }

  @Test
  void linesOfDocumentsFitAPage() throws IOException {
    var tooLong = new ArrayList<String>();
    try (var docs = Files.walk(ROOT.resolve("docs"))) {
      for (var file : docs.filter(f -> f.toString().endsWith(".md")).toList()) {
        prose(Files.readString(file))
            .filter(line -> line.length() > PROSE_WIDTH_MAX)
            .forEach(line -> tooLong.add(ROOT.relativize(file) + ": " + line));
      }
    }
    prose(Files.readString(ROOT.resolve("README.md")))
        .filter(line -> line.length() > PROSE_WIDTH_MAX)
        .forEach(line -> tooLong.add("README.md: " + line));

    assertThat(tooLong).isEmpty();
  }

  private static Stream<String> prose(String document) {
    return CODE_BLOCK.matcher(document).replaceAll("").lines().filter(IS_PROSE);
  }

  @Test
  void noPackageOfTheApiHasTooManyClasses() {
    var sizes =
        SOURCES.keySet().stream()
            .filter(file -> file.startsWith("api"))
            .filter(file -> !file.endsWith("package-info.java"))
            .collect(Collectors.groupingBy(file -> packageOf(file), Collectors.counting()));

    assertThat(sizes)
        .allSatisfy((name, classes) ->
            assertThat(classes).as(name).isLessThanOrEqualTo(PACKAGE_CLASSES_MAX));
  }
}
