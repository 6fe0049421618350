package dev.muster.client.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AgentProcessTest {
  private static final Duration GRACE = Duration.ofMillis(500);

  @TempDir private Path directory;

  private final RunMark mark = new RunMark(UUID.randomUUID().toString());

  private AgentProcess start(String command) throws IOException {
    return AgentProcess.start(
        command, mark, directory, Map.of("MUSTER_TASK_ID", "t-1"), "the prompt");
  }

  /// The processes whose ids the command wrote, one a line, as soon as there are so many.
  private List<ProcessHandle> written(int count) {
    var file = directory.resolve("pids");
    await().until(() -> Files.exists(file) && Files.readAllLines(file).size() == count);
    try {
      return Files.readAllLines(file).stream()
          .map(line -> ProcessHandle.of(Long.parseLong(line.strip())).orElseThrow())
          .toList();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void a_command_is_given_its_input_its_place_and_its_environment() throws Exception {
    var process = start("cat; printf '|%s|' \"$MUSTER_TASK_ID\"; pwd");

    var output = new String(process.stdout().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(output).isEqualTo("the prompt|t-1|" + directory.toRealPath() + "\n");
    process.onExit().join();
    assertThat(process.exitCode()).isZero();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        // In the background, of the command itself and of a child that is gone.
        "sleep 300 & echo $! >>pids; (sleep 300 & echo $! >>pids); sleep 300 & echo $! >>pids; wait",
        // Deaf to the request.
        "trap '' TERM; sh -c \"trap '' TERM; echo \\$\\$ >>pids; while :; do sleep 0.1; done\" & echo $$ >>pids; echo $! >>pids; wait",
        // In a session of its own, below a parent that lives.
        "setsid sh -c 'echo $$ >>pids; sleep 300 & echo $! >>pids; wait' & echo $! >>pids; wait; wait",
        // In sessions of their own, below parents that are gone.
        "for i in 1 2 3; do (setsid sh -c 'echo $$ >>pids; exec sleep 300' &); done; sleep 300"
      })
  void all_that_a_command_has_started_is_gone_when_it_was_killed(String command) throws Exception {
    var process = start(command);
    var started = written(3);

    process.kill(GRACE);

    // Each call makes a future of its own, which is never done at once.
    await().until(process.onExit()::isDone);
    await().untilAsserted(() -> assertThat(started).noneMatch(ProcessHandle::isAlive));
  }

  @Test
  void what_gets_rid_of_the_mark_and_leaves_the_group_outlives_its_task() throws Exception {
    var process =
        start("(env -u MUSTER_RUN setsid sh -c 'echo $$ >>pids; exec sleep 300' &); sleep 0.2");
    var started = written(1);
    process.onExit().join();

    process.kill(GRACE);

    assertThat(started).allMatch(ProcessHandle::isAlive);
    started.forEach(ProcessHandle::destroyForcibly);
  }

  @Test
  void what_a_command_has_left_behind_is_gone_too() throws Exception {
    var process = start("sleep 300 & echo $! >>pids; exit 0");
    var started = written(1);
    process.onExit().join();

    process.kill(GRACE);

    await().untilAsserted(() -> assertThat(started).noneMatch(ProcessHandle::isAlive));
  }

  /// As `ssh -f` and the helpers of build tools begin: with parents that end at once, so that a
  /// look at the table finds neither the parent nor the child.
  @RepeatedTest(10)
  void what_is_only_about_to_begin_when_the_command_ends_is_gone_too() throws Exception {
    var process =
        start("(setsid sh -c '(setsid sh -c \"sleep 300 & exit 0\" &); exit 0' &); exit 0");
    process.onExit().join();

    process.kill(GRACE);

    await().during(Duration.ofMillis(200)).until(() -> mark.carriers().isEmpty());
  }

  @Test
  void a_command_may_end_in_order_when_it_is_asked_to() throws Exception {
    var process =
        start(
            "trap 'echo tidied >tidy; exit 0' TERM; echo $$ >>pids; while :; do sleep 0.05; done");
    written(1);

    process.kill(Duration.ofSeconds(10));

    assertThat(directory.resolve("tidy")).hasContent("tidied");
  }
}
