package dev.muster.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.muster.client.runtime.RuntimeOptions;
import java.net.URI;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RuntimeCommandTest {
  private static final Map<String, String> TOKEN = Map.of("MUSTER_TOKEN", "mul_0123456789abcdef");

  @Test
  void what_is_not_said_has_a_default() {
    var command = RuntimeCommand.of(List.of("--command", "cat"), TOKEN);

    assertThat(command.command()).isEqualTo("cat");
    assertThat(command.workspace()).isEmpty();
    assertThat(command.work()).isEqualTo(Path.of("muster-work"));
    assertThat(command.server().address()).isEqualTo(URI.create("http://localhost:8080"));
    assertThat(command.identity().provider()).isEqualTo("command");
    assertThat(command.identity().slots()).isEqualTo(1);
    assertThat(command.identity().daemon()).isEmpty();
    assertThat(command.keep()).isEqualTo(RuntimeOptions.Keep.standard());
  }

  @Test
  void everything_can_be_said_and_the_option_wins_over_the_environment() {
    var environment = Map.of("MUSTER_TOKEN", "mul_0123456789abcdef", "MUSTER_URL", "http://else:1");
    var command =
        RuntimeCommand.of(
            List.of(
                "--command=run --it",
                "--workspace",
                "w",
                "--provider",
                "p",
                "--daemon-id",
                "d",
                "--slots",
                "4",
                "--labels",
                "os=linux,gpu=",
                "--work",
                "/w",
                "--server",
                "https://muster.example"),
            environment);

    assertThat(command.command()).isEqualTo("run --it");
    assertThat(command.workspace()).contains("w");
    assertThat(command.identity().labels()).isEqualTo(Map.of("os", "linux", "gpu", ""));
    assertThat(command.identity().slots()).isEqualTo(4);
    assertThat(command.server().address()).isEqualTo(URI.create("https://muster.example"));
    assertThat(RuntimeCommand.of(List.of("--command", "cat"), environment).server().address())
        .isEqualTo(URI.create("http://else:1"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--slots 2 | Say what to run for each task: ./muster runtime --command",
        "--command | The option --command needs a value.",
        "--command cat --slots 0 | The slots 0 are no number from 1 to 100.",
        "--command cat --slots x | The slots x are no number from 1 to 100.",
        "--command cat --labels os | The labels os are none such as os=linux,gpu=yes.",
        "--command cat --server nowhere | The server nowhere is no address such as",
        "--command cat --token mul_1 | ./muster runtime knows no --token; it knows --command, --daemon-id",
        "--command cat --token=mul_1 | ./muster runtime knows no --token; it knows --command, --daemon-id",
        "--command cat --labels os=a,os=b | The label os is there twice.",
        "--command cat --keep 14 | --keep 14 is no time such as 12h or 14d.",
        "--command cat --keep-size 20 | --keep-size 20 is no size such as 512MB or 20GB.",
        "--command cat --reserve 512 | --reserve 512 is no size such as 512MB or 20GB.",
        "--command cat --keep ever | --keep ever is no time such as 12h or 14d.",
        "--command cat --keep-size much | --keep-size much is no size such as 512MB or 20GB.",
        "--command cat more | ./muster runtime knows no more; it knows --command",
        "--command cat --command cat | The option --command is there twice."
      })
  void what_cannot_be_is_refused_in_a_sentence(String arguments, String sentence) {
    assertThatThrownBy(() -> RuntimeCommand.of(Arrays.asList(arguments.strip().split(" ")), TOKEN))
        .isInstanceOf(Sentence.class)
        .hasMessageStartingWith(sentence);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "MUSTER_CA_FILE | /not/there | MUSTER_CA_FILE is /not/there, which cannot be read",
        "HTTPS_PROXY | socks5://proxy | HTTPS_PROXY is no address such as http://proxy.example:3128",
        "https_proxy | http://me:secret@proxy | HTTPS_PROXY is no address such as",
      })
  void a_way_to_the_server_that_cannot_be_is_told(String variable, String value, String sentence) {
    var environment = Map.of("MUSTER_TOKEN", "mul_0123456789abcdef", variable, value);

    assertThatThrownBy(() -> RuntimeCommand.of(List.of("--command", "cat"), environment))
        .isInstanceOf(Sentence.class)
        .hasMessageStartingWith(sentence);
  }

  @Test
  void without_a_token_it_says_where_one_is() {
    assertThatThrownBy(() -> RuntimeCommand.of(List.of("--command", "cat"), Map.of()))
        .isInstanceOf(Sentence.class)
        .hasMessageStartingWith("Set MUSTER_TOKEN");
  }

  @Test
  void a_token_that_was_copied_with_more_than_itself_is_told_and_not_shown() {
    assertThatThrownBy(() ->
            RuntimeCommand.of(
                List.of("--command", "cat"), Map.of("MUSTER_TOKEN", "\u201cmul_secret\u201d")))
        .isInstanceOf(Sentence.class)
        .hasMessageStartingWith("MUSTER_TOKEN has characters that are in no token")
        .hasMessageNotContaining("mul_secret");
  }

  @Test
  void of_several_workspaces_none_is_taken() {
    var muster = TestMuster.get();
    var first = muster.api().newWorkspace();
    muster.api().newWorkspace();
    var command =
        RuntimeCommand.of(
            List.of("--command", "cat", "--server", muster.url()),
            Map.of("MUSTER_TOKEN", TestMuster.OWNER_TOKEN));
    var said = new CopyOnWriteArrayList<String>();

    assertThatThrownBy(() -> command.run(new CountDownLatch(1), said::add))
        .isInstanceOf(Sentence.class)
        .hasMessageStartingWith("Say which workspace with --workspace: ")
        .hasMessageContaining(first.toString());
  }
}
