package dev.muster.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The client that openapi-generator makes of the document leads a task from its creation to its
/// end. Maven makes it (`target/generated-client`); `TaskLife` is what somebody would write who has
/// only that client.
class GeneratedClientTest {
  private static final Path CLIENT = Path.of("target", "generated-client", "src", "main", "java");
  private static final Path USE = Path.of("src", "test", "resources", "openapi", "TaskLife.java");

  private @TempDir Path classes = Path.of("");

  @Test
  void aTasksWholeLifeByTheGeneratedClient() throws Exception {
    var muster = TestMuster.get();
    compile();

    try (var loader =
        new URLClassLoader(
            new URL[] {classes.toUri().toURL()}, GeneratedClientTest.class.getClassLoader())) {
      var life = loader.loadClass("TaskLife").getMethod("lead", String.class, String.class);
      var told = (List<?>) life.invoke(null, muster.url(), TestMuster.OWNER_TOKEN);

      assertThat(told)
          .isEqualTo(
              List.of("queued", "dispatched", "running", "said hello", "completed", "refused 404"));
    }
  }

  private void compile() throws IOException {
    try (var sources = Files.walk(CLIENT)) {
      var files =
          new ArrayList<>(sources.filter(file -> file.toString().endsWith(".java")).toList());
      files.add(USE);
      var compiler = ToolProvider.getSystemJavaCompiler();
      try (var manager = compiler.getStandardFileManager(null, null, null)) {
        var options = List.of("-d", classes.toString(), "-proc:none", "-nowarn");
        var task =
            compiler.getTask(
                null, manager, null, options, null, manager.getJavaFileObjectsFromPaths(files));
        assertThat(task.call()).as("the generated client compiles").isTrue();
      }
    }
  }
}
