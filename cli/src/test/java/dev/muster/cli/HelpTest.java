package dev.muster.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What each command says of itself, and what shells make of it.
class HelpTest {
  /// Run with `-Dmuster.test.golden=write` to write the file anew, and look at the difference.
  private static final Path GOLDEN = Path.of("src/test/resources/dev/muster/cli/help.txt");

  private static final List<List<String>> COMMANDS =
      List.of(
          List.of(),
          List.of("login"),
          List.of("logout"),
          List.of("whoami"),
          List.of("workspace"),
          List.of("workspace", "create"),
          List.of("task"),
          List.of("task", "create"),
          List.of("task", "list"),
          List.of("task", "logs"),
          List.of("task", "cancel"),
          List.of("task", "retry"),
          List.of("schedule"),
          List.of("schedule", "create"),
          List.of("schedule", "run"),
          List.of("webhook"),
          List.of("webhook", "create"),
          List.of("agent"),
          List.of("agent", "create"),
          List.of("agent", "edit"),
          List.of("runtime"),
          List.of("token"),
          List.of("token", "create"),
          List.of("member"),
          List.of("member", "add"),
          List.of("events"),
          List.of("completion"));

  private record Said(int code, String out, String err) {}

  private static Said run(List<String> arguments) {
    var out = new ByteArrayOutputStream();
    var err = new StringWriter();
    var cli = Cli.of("0", Map.of(), new Output(out), new PrintWriter(err));
    return new Said(cli.run(arguments), out.toString(StandardCharsets.UTF_8), err.toString());
  }

  @Test
  void everyCommandExplainsItself() throws IOException {
    var text = new StringBuilder();
    for (var command : COMMANDS) {
      var arguments = new ArrayList<>(command);
      arguments.add("--help");
      var said = run(arguments);
      assertThat(said.code()).isZero();
      text.append("$ muster ")
          .append(String.join(" ", arguments))
          .append('\n')
          .append(said.out())
          .append('\n');
    }
    if ("write".equals(System.getProperty("muster.test.golden"))) {
      Files.writeString(GOLDEN, text);
    }
    assertThat(text.toString()).isEqualTo(Files.readString(GOLDEN));
  }

  @Test
  void wrongUsageIsToldOnStderrWithCodeTwo() {
    for (var wrong :
        List.of(
            List.of("task"),
            List.of("task", "create"),
            List.of("task", "create", "t", "--max-attemps", "3"),
            List.of("task", "list", "--limit", "many"),
            List.of("task", "list", "-o", "yaml"),
            List.of("task", "lst"),
            List.of("agent", "create"),
            List.of("completion", "tcsh"),
            List.<String>of())) {
      var said = run(wrong);
      assertThat(said.code()).as("%s", wrong).isEqualTo(2);
      assertThat(said.out()).as("%s", wrong).isEmpty();
      assertThat(said.err()).as("%s", wrong).isNotEmpty();
    }
    assertThat(run(List.of("task", "create", "t", "--max-attemps", "3")).err())
        .contains("'--max-attemps'")
        .contains("--max-attempts");
  }

  @Test
  void whoHasNotSignedInIsToldHow() {
    var said = run(List.of("task", "list"));
    assertThat(said.code()).isEqualTo(3);
    assertThat(said.err()).isEqualTo("Not signed in. Sign in with: muster login\n");
  }

  @Test
  void everySubcommandKnowsItsVersion() {
    assertThat(run(List.of("--version")).out()).isEqualTo("muster 0\n");
    assertThat(run(List.of("task", "list", "-V")).out()).isEqualTo("muster 0\n");
  }

  @Test
  void bashTakesTheCompletion(@TempDir Path directory) throws IOException, InterruptedException {
    var script = directory.resolve("completion");
    Files.writeString(script, run(List.of("completion", "bash")).out());
    var bash =
        new ProcessBuilder(
                "bash",
                "-c",
                // What a person sees who types `muster task l` and asks for more.
                """
                source "$1"; COMP_WORDS=(muster task l) COMP_CWORD=2
                "$(complete -p muster | sed 's/.*-F \\([^ ]*\\).*/\\1/')"; echo "${COMPREPLY[*]}"
                """,
                "bash",
                script.toString())
            .redirectErrorStream(true)
            .start();
    var said = new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(bash.waitFor()).isZero();
    assertThat(said.strip().split(" ")).contains("list", "logs");
  }
}
