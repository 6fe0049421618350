package dev.muster.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.muster.client.Retry;
import dev.muster.client.runtime.CommandRuntime;
import dev.muster.client.runtime.RuntimeOptions;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The runtime of the module `client`, with real processes, against the real server; between the
/// two, where a test wants it, a network that loses answers.
class ReferenceRuntimeTest {
  private final TestMuster muster = TestMuster.get();
  private final Api api = muster.api();
  private UUID workspace = new UUID(0, 0);

  @TempDir private Path work;

  @BeforeEach
  void aWorkspace() {
    workspace = api.newWorkspace();
  }

  @AfterEach
  void theFeedHoldsItsGuarantees() {
    muster.feed().complete(muster, workspace);
  }

  private CommandRuntime runtime(String url, String command)
      throws IOException, InterruptedException {
    var pace =
        new RuntimeOptions.Pace(
            Duration.ofSeconds(2),
            Duration.ofMillis(50),
            Duration.ofSeconds(1),
            Duration.ZERO,
            Duration.ofMillis(500),
            new Retry(Duration.ofMillis(20), Duration.ofMillis(100), new SplittableRandom(1)));
    return CommandRuntime.start(
        new RuntimeOptions(
            new RuntimeOptions.Server(URI.create(url), api.token()),
            workspace.toString(),
            new RuntimeOptions.Identity("box", "shell", Map.of("os", "linux"), 2),
            command,
            work,
            RuntimeOptions.Keep.standard(),
            pace),
        _ -> {});
  }

  private UUID newTask(CommandRuntime runtime) {
    var agent = api.newAgent(workspace, UUID.fromString(runtime.id()), 2);
    return Api.id(
        api.post(
                "/api/tasks?workspace_id=" + workspace,
                "{\"title\":\"Work\",\"prompt\":\"Do it\",\"agent_id\":\"%s\"}".formatted(agent))
            .ok());
  }

  private void awaitState(UUID task, String state) {
    await().atMost(Duration.ofSeconds(30)).until(() -> api.status(task).equals(state));
  }

  @Test
  void a_task_is_run_by_a_command_and_completed_with_its_output() throws Exception {
    try (var runtime = runtime(muster.url(), "echo \"done $MUSTER_ATTEMPT\"")) {
      var task = newTask(runtime);

      awaitState(task, "completed");

      assertThat(api.get("/api/tasks/" + task).ok().toString()).contains("done 1");
    }
    assertThat(
            api.get("/api/runtimes?workspace_id=" + workspace).ok().get(0).get("status").asString())
        .isEqualTo("offline");
  }

  @Test
  void a_command_that_fails_fails_the_task_with_what_it_complained() throws Exception {
    try (var runtime = runtime(muster.url(), "echo 'no such branch' >&2; exit 7")) {
      var task = newTask(runtime);

      awaitState(task, "failed");

      assertThat(api.get("/api/tasks/" + task).ok().get("error").asString())
          .isEqualTo("the command ended with 7\nno such branch");
    }
  }

  @Test
  void answers_that_are_lost_delay_a_task_and_run_it_once() throws Exception {
    try (var network = LossyNetwork.before(URI.create(muster.url()));
        var runtime = runtime(network.url(), "echo ran >>../ran; echo done")) {
      network.loseAnswers("start", 2);
      network.loseAnswers("complete", 2);
      network.loseAnswers("heartbeat", 1);
      var task = newTask(runtime);

      awaitState(task, "completed");

      await().until(() -> network.lost() >= 4);
      assertThat(work.resolve("ran")).hasContent("ran");
      assertThat(api.get("/api/tasks/" + task).ok().get("attempt").asInt()).isEqualTo(1);
    }
  }

  @Test
  void a_task_whose_hand_out_was_lost_is_handed_out_again_and_run_once() throws Exception {
    try (var network = LossyNetwork.before(URI.create(muster.url()));
        var runtime = runtime(network.url(), "echo ran >>../ran")) {
      network.loseHandOut();
      var task = newTask(runtime);
      await().until(() -> network.lost() == 1);
      // A minute later, for a server that does not know the claim's key.
      muster
          .db()
          .sql("UPDATE task SET delivered_at = now() - interval '61 seconds' WHERE id = :task")
          .param("task", task)
          .update();

      awaitState(task, "completed");

      assertThat(work.resolve("ran")).hasContent("ran");
      assertThat(api.get("/api/tasks/" + task).ok().get("attempt").asInt()).isEqualTo(1);
    }
  }

  @Test
  void a_report_that_its_process_could_not_deliver_is_delivered_by_the_next_one() throws Exception {
    UUID task;
    try (var network = LossyNetwork.before(URI.create(muster.url()));
        var runtime = runtime(network.url(), "echo ran >>../ran; echo from before")) {
      network.cut("complete");
      task = newTask(runtime);
      await().until(() -> network.lost() > 0);
    }
    assertThat(api.status(task)).isEqualTo("running");

    try (var _ = runtime(muster.url(), "echo ran >>../ran; echo from after")) {
      assertThat(api.status(task)).isEqualTo("completed");
    }

    assertThat(api.get("/api/tasks/" + task).ok().toString()).contains("from before");
    assertThat(work.resolve("ran")).hasContent("ran");
  }

  @Test
  void a_runtime_that_is_stopped_kills_what_runs_and_its_task_waits_again() throws Exception {
    var runtime = runtime(muster.url(), "echo $$ >../pid; while :; do sleep 0.05; done");
    var task = newTask(runtime);
    var file = work.resolve("pid");
    await().until(() -> Files.exists(file) && !Files.readString(file).isBlank());
    var process = ProcessHandle.of(Long.parseLong(Files.readString(file).strip())).orElseThrow();

    runtime.close();

    assertThat(process.isAlive()).isFalse();
    assertThat(api.status(task)).isEqualTo("queued");
  }

  /// A runtime in a process of its own, as `./muster runtime` is.
  private Process ofItsOwn(String daemon, String command) throws IOException {
    var builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            Main.class.getName(),
            "runtime",
            "--command=" + command,
            "--workspace=" + workspace,
            "--daemon-id=" + daemon,
            "--work=" + work,
            "--server=" + muster.url());
    builder.environment().put("MUSTER_TOKEN", api.token());
    return builder.redirectErrorStream(true).redirectOutput(work.resolve("said").toFile()).start();
  }

  /// The processes that said so in the file, the oldest first, as soon as there are so many.
  private List<ProcessHandle> running(int count) throws IOException {
    var file = work.resolve("pids");
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> Files.exists(file) && Files.readAllLines(file).size() == count);
    return Files.readAllLines(file).stream()
        .map(line -> ProcessHandle.of(Long.parseLong(line.strip())))
        .flatMap(Optional::stream)
        .toList();
  }

  @Test
  void what_a_killed_runtime_has_left_running_is_ended_before_its_task_runs_again()
      throws Exception {
    // Says which of its like are at work already. One that has ended and was not collected yet has
    // an entry without a program; where init is lazy, for seconds.
    var command =
        "for p in $(cat ../pids); do [ -e /proc/$p/exe ] && echo $p >>../beside; done 2>/dev/null;"
            + " echo $$ >>../pids; while [ ! -e ../release ]; do sleep 0.05; done";
    var first = ofItsOwn("box", command);
    try {
      await()
          .atMost(Duration.ofSeconds(60))
          .until(() ->
              api.get("/api/runtimes?workspace_id=" + workspace).ok().valueStream().count() == 1);
      var runtime =
          api.get("/api/runtimes?workspace_id=" + workspace).ok().get(0).get("id").asString();
      var task =
          Api.id(
              api.post(
                      "/api/tasks?workspace_id=" + workspace,
                      "{\"title\":\"Work\",\"agent_id\":\"%s\"}"
                          .formatted(api.newAgent(workspace, UUID.fromString(runtime), 2)))
                  .ok());
      var left = running(1).getFirst();

      first.destroyForcibly().onExit().join();
      assertThat(left.isAlive()).isTrue();
      var second = ofItsOwn("box", command);
      try {
        running(2);
        Files.createFile(work.resolve("release"));
        awaitState(task, "completed");
      } finally {
        second.destroy();
        second.onExit().join();
      }

      assertThat(work.resolve("beside")).doesNotExist();
      assertThat(api.get("/api/tasks/" + task).ok().get("attempt").asInt()).isEqualTo(2);
    } finally {
      first.destroyForcibly();
    }
  }
}
