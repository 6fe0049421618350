package dev.muster.client.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.muster.client.Claim;
import dev.muster.client.FakeMuster;
import dev.muster.client.FakeMuster.Call;
import dev.muster.client.FakeMuster.Reply;
import dev.muster.client.Report;
import dev.muster.client.Retry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A whole runtime with real processes, against a server that fails as it is told to.
@Timeout(60)
class CommandRuntimeTest {
  private static final String TASK = "0b1e5a11-0000-4000-8000-000000000001";

  /// Runs until it is killed, and says by which process.
  private static final String ENDLESS = "echo $$ >>../pids; while :; do sleep 0.05; done";

  @TempDir private Path work;
  private final FakeMuster muster = FakeMuster.start();
  private final List<String> said = new CopyOnWriteArrayList<>();

  @AfterEach
  void stop() {
    muster.close();
  }

  private CommandRuntime start(String command) throws IOException, InterruptedException {
    return start(command, 2, Duration.ZERO);
  }

  private CommandRuntime start(String command, int slots, Duration stop)
      throws IOException, InterruptedException {
    var soon = new Retry(Duration.ofMillis(5), Duration.ofMillis(20), new SplittableRandom(1));
    var pace =
        new RuntimeOptions.Pace(
            Duration.ofMillis(100),
            Duration.ofMillis(20),
            Duration.ofMillis(500),
            stop,
            Duration.ofMillis(200),
            soon);
    return CommandRuntime.start(
        new RuntimeOptions(
            new RuntimeOptions.Server(muster.url(), "mul_token"),
            "workspace",
            new RuntimeOptions.Identity("laptop", "shell", Map.of("os", "linux"), slots),
            command,
            work,
            RuntimeOptions.Keep.standard(),
            pace),
        said::add);
  }

  private RuntimeOptions options(Path directory, String daemon, RuntimeOptions.Keep keep) {
    return new RuntimeOptions(
        new RuntimeOptions.Server(muster.url(), "mul_token"),
        "workspace",
        new RuntimeOptions.Identity(daemon, "shell", Map.of(), 1),
        "cat",
        directory,
        keep,
        RuntimeOptions.Pace.standard());
  }

  @Test
  void two_on_one_machine_are_two_and_one_that_comes_again_is_the_same() throws Exception {
    var keep = RuntimeOptions.Keep.standard();
    for (var directory : List.of("a", "b", "a")) {
      CommandRuntime.start(options(work.resolve(directory), "", keep), said::add).close();
    }

    var daemons =
        muster.calls("register").stream()
            .map(call -> call.body().path("daemon_id").asString(""))
            .toList();
    assertThat(daemons.get(1)).isNotEqualTo(daemons.get(0));
    assertThat(daemons.get(2)).isEqualTo(daemons.get(0));
  }

  @Test
  void with_little_room_on_the_disk_nothing_is_claimed_and_it_is_said() throws Exception {
    var keep = new RuntimeOptions.Keep(Duration.ofDays(1), 1, Long.MAX_VALUE);
    muster.add(TASK, "title", "prompt");
    try (var _ = CommandRuntime.start(options(work, "laptop", keep), said::add)) {
      assertThat(awaited("heartbeat").body().path("shortage").asString(""))
          .startsWith("the disk has less than ");
      await().until(() -> muster.calls("heartbeat").size() > 1);
      assertThat(muster.calls("claim")).isEmpty();
    }
  }

  private Call awaited(String verb) {
    await().until(() -> !muster.calls(verb).isEmpty());
    return muster.calls(verb).getFirst();
  }

  /// The process of [#ENDLESS], as soon as it runs.
  private ProcessHandle running() throws IOException {
    var file = work.resolve("pids");
    await().until(() -> Files.exists(file) && !Files.readString(file).isBlank());
    return ProcessHandle.of(Long.parseLong(Files.readAllLines(file).getFirst())).orElseThrow();
  }

  @Test
  void what_is_written_without_a_newline_is_sent_too() throws Exception {
    muster.add(TASK, "title", "prompt");
    try (var _ = start("printf 'Password: '; " + ENDLESS)) {
      var said = awaited("messages").body().path("messages").path(0).path("content").asString("");

      assertThat(said).isEqualTo("Password: ");
      assertThat(muster.calls("complete")).isEmpty();
    }
  }

  @Test
  void a_command_gets_its_task_and_its_output_is_the_report() throws Exception {
    muster.add(TASK, "Say hello", "In two lines.");
    try (var _ =
        start(
            "cat; echo; echo \"$MUSTER_TASK_ID $MUSTER_ATTEMPT $MUSTER_CLAIM_GENERATION $MUSTER_AGENT_NAME\"; pwd")) {
      var report = awaited("complete");

      var directory = work.toRealPath().resolve(TASK);
      assertThat(report.body().path("output").asString())
          .isEqualTo("Say hello\n\nIn two lines.\n" + TASK + " 2 3 Ada\n" + directory + "\n");
      assertThat(report.body().path("work_dir").asString()).endsWith(TASK);
      assertThat(report.header("Claim-Generation")).isEqualTo("3");
      assertThat(awaited("register").body().toString())
          .contains(
              "\"max_concurrent_tasks\":2", "\"labels\":{\"os\":\"linux\"}", "\"process_id\":\"");
      assertThat(muster.story()).startsWith("register", "start").endsWith("complete");
    }
  }

  @Test
  void what_a_command_says_is_sent_while_it_runs() throws Exception {
    muster.add(TASK, "Talk", "");
    var release = work.resolve("release");
    try (var _ = start("echo one; echo two >&2; until [ -e ../release ]; do sleep 0.02; done")) {
      await()
          .until(() ->
              muster.calls("messages").stream()
                      .flatMap(call -> call.body().path("messages").valueStream())
                      .count()
                  == 2);
      assertThat(muster.calls("complete")).isEmpty();
      Files.createFile(release);
      awaited("complete");
    }
  }

  @Test
  void a_command_that_fails_fails_its_task_with_the_end_of_what_it_complained() throws Exception {
    muster.add(TASK, "Break", "");
    try (var _ = start("echo fine; echo 'no such branch' >&2; exit 3")) {
      assertThat(awaited("fail").body().path("error").asString())
          .isEqualTo("the command ended with 3\nno such branch");
    }
  }

  @Test
  void nothing_runs_before_the_start_was_acknowledged() throws Exception {
    muster.script("start", new Reply.Dead(), Reply.status(503), new Reply.Lost());
    var early = new CopyOnWriteArrayList<Path>();
    muster.when(
        "start",
        () -> {
          if (Files.exists(work.resolve("ran"))) {
            early.add(work);
          }
        });
    muster.add(TASK, "Wait", "");
    try (var _ = start("touch ../ran")) {
      awaited("complete");

      assertThat(early).isEmpty();
      assertThat(muster.calls("start")).hasSize(4);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {400, 404, 409})
  void a_task_whose_start_is_refused_is_not_run(int status) throws Exception {
    muster.script("start", status == 409 ? Reply.fenced() : Reply.status(status));
    muster.add(TASK, "Refused", "");
    var next = "0b1e5a11-0000-4000-8000-000000000002";
    muster.add(next, "Taken", "");
    try (var _ = start("echo \"$MUSTER_TASK_ID\" >>../ran", 1, Duration.ZERO)) {
      awaited("complete");

      assertThat(work.resolve("ran")).hasContent(next);
    }
  }

  @Test
  void a_task_whose_hand_out_was_lost_is_asked_for_under_the_same_key() throws Exception {
    muster.script("claim", new Reply.Lost(), Reply.status(502), new Reply.Lost());
    muster.add(TASK, "Once", "");
    try (var _ = start("echo once >>../ran")) {
      awaited("complete");

      assertThat(muster.calls("claim").stream().limit(4).map(c -> c.header("Idempotency-Key")))
          .hasSize(4)
          .containsOnly(muster.calls("claim").getFirst().header("Idempotency-Key"));
      assertThat(work.resolve("ran")).hasContent("once");
    }
    assertThat(muster.calls("claim").stream().skip(4).map(c -> c.header("Idempotency-Key")))
        .doesNotContain(muster.calls("claim").getFirst().header("Idempotency-Key"));
  }

  @Test
  void a_task_that_is_to_be_cancelled_is_killed_and_that_is_acknowledged() throws Exception {
    muster.add(TASK, "Endless", "");
    try (var _ = start(ENDLESS)) {
      var process = running();
      muster.say(TASK, "cancel");

      awaited("cancel-ack");

      assertThat(process.isAlive()).isFalse();
      assertThat(muster.story()).doesNotContain("complete", "fail", "release");
    }
  }

  @Test
  void a_task_that_is_not_ours_any_more_is_killed_and_nothing_is_reported() throws Exception {
    muster.add(TASK, "Endless", "");
    try (var _ = start(ENDLESS)) {
      var process = running();
      muster.say(TASK, "unknown");

      await().until(() -> said.stream().anyMatch(line -> line.contains("killed")));

      assertThat(process.isAlive()).isFalse();
    }
    assertThat(muster.story()).doesNotContain("complete", "fail", "release", "cancel-ack");
  }

  @Test
  void a_claim_that_turns_out_to_be_over_while_its_command_talks_is_killed() throws Exception {
    muster.script("messages", Reply.fenced());
    muster.add(TASK, "Endless", "");
    try (var _ = start("echo $$ >>../pids; echo talk; while :; do sleep 0.05; done")) {
      await().until(() -> said.stream().anyMatch(line -> line.contains("killed")));

      assertThat(ProcessHandle.of(Long.parseLong(Files.readString(work.resolve("pids")).strip())))
          .matches(process -> process.filter(ProcessHandle::isAlive).isEmpty());
    }
    assertThat(muster.story()).doesNotContain("complete", "fail", "release", "cancel-ack");
  }

  @Test
  void a_start_that_the_server_has_missed_is_said_again() throws Exception {
    muster.add(TASK, "Endless", "");
    try (var _ = start(ENDLESS)) {
      running();
      muster.say(TASK, "report_again");

      await().until(() -> muster.calls("start").size() >= 2);
    }
  }

  @Test
  void a_heartbeat_names_what_runs_and_beats_on_while_a_report_is_not_taken() throws Exception {
    var answered = new CountDownLatch(1);
    muster.when(
        "complete",
        () -> {
          try {
            answered.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
    muster.add(TASK, "Short", "");
    try (var runtime = start("true")) {
      awaited("complete");
      var before = muster.calls("heartbeat").size();

      await().until(() -> muster.calls("heartbeat").size() >= before + 2);

      var beat = muster.calls("heartbeat").getLast().body();
      assertThat(beat.path("runtime_id").asString()).isEqualTo(runtime.id());
      assertThat(beat.path("running_tasks").toString())
          .isEqualTo("[{\"id\":\"%s\",\"claim_generation\":3}]".formatted(TASK));
      answered.countDown();
    }
  }

  @Test
  void a_runtime_has_its_token_renewed_and_works_on_where_it_is_not() throws Exception {
    muster.script("renew", Reply.status(403));
    try (var _ = start("true")) {
      var renewal = await().until(() -> muster.calls("renew"), calls -> !calls.isEmpty());

      assertThat(renewal.getFirst().path()).isEqualTo("/api/tokens/current/renew");
      muster.add(TASK, "x", "");
      await().until(() -> muster.state(TASK).equals("completed"));
    }
  }

  @Test
  void a_runtime_that_was_forgotten_registers_again_as_the_same_process() throws Exception {
    muster.script("heartbeat", Reply.status(404));
    try (var _ = start("true")) {
      await().until(() -> muster.calls("register").size() == 2);

      assertThat(muster.calls("register").stream().map(c -> c.body().path("process_id")).distinct())
          .hasSize(1);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"heartbeat", "claim"})
  void a_runtime_that_another_process_has_replaced_kills_and_stops(String verb) throws Exception {
    muster.add(TASK, "Endless", "");
    try (var runtime = start(ENDLESS)) {
      var process = running();
      muster.script(verb, Reply.superseded());

      assertThat(runtime.awaitLoss()).contains("Another process has registered as this runtime");

      await().until(() -> !process.isAlive());
    }
    assertThat(muster.story())
        .doesNotContain("complete", "fail", "release", "cancel-ack", "deregister");
  }

  @Test
  void what_an_earlier_process_has_left_is_reported_before_anything_else() throws Exception {
    ReportSpool.open(work.resolve(".spool"))
        .keep(
            new ReportSpool.Entry(
                new Claim(TASK, 3),
                new Report.Complete("done", new Report.Session("", "")),
                List.of()));
    muster.script("complete", new Reply.Dead(), Reply.status(503));
    try (var _ = start("true")) {
      assertThat(muster.story())
          .startsWith("complete", "complete", "complete", "register")
          .doesNotContain("recover-orphans");
    }
    assertThat(said).first().asString().contains("Reported 1 of an earlier process");
  }

  @Test
  void what_an_earlier_process_has_left_running_has_ended_before_anything_is_said()
      throws Exception {
    RunMark mark;
    try (var directory = WorkDirectory.open(work)) {
      mark = directory.mark();
    }
    var left =
        AgentProcess.start(
            "setsid sh -c \"trap '' TERM; echo \\$\\$ >pids; while :; do sleep 0.05; done\" & wait",
            mark.of(new Claim(TASK, 1)),
            work,
            Map.of(),
            "");
    var deaf = running();
    var others = AgentProcess.start("sleep 300", new RunMark("another's"), work, Map.of(), "");
    var alive = new CopyOnWriteArrayList<Boolean>();
    muster.when("register", () -> alive.add(ProcessTable.runs(deaf)));

    try (var _ = start("true")) {
      assertThat(alive).containsExactly(false);
      assertThat(said).first().asString().startsWith("Ended ");
      assertThatThrownBy(others::exitCode).isInstanceOf(IllegalThreadStateException.class);
    } finally {
      others.killNow();
      left.killNow();
    }
  }

  @Test
  void a_runtime_that_stops_drains_lets_run_and_then_leaves() throws Exception {
    muster.add(TASK, "Short", "");
    var runtime =
        start(
            "echo $$ >>../pids; until [ -e ../release ]; do sleep 0.02; done",
            2,
            Duration.ofMinutes(1));
    running();
    muster.when(
        "drain",
        () -> {
          try {
            Files.createFile(work.resolve("release"));
          } catch (IOException e) {
            throw new IllegalStateException(e);
          }
        });

    runtime.close();

    assertThat(muster.story()).containsSubsequence("drain", "complete", "deregister");
    assertThat(muster.story()).doesNotContain("release");
  }

  @Test
  void a_command_that_does_not_end_in_time_is_killed_and_its_task_given_back() throws Exception {
    muster.add(TASK, "Endless", "");
    var runtime = start(ENDLESS);
    var process = running();

    runtime.close();

    assertThat(process.isAlive()).isFalse();
    assertThat(muster.story()).endsWith("drain", "release", "deregister");
  }

  @Test
  void a_runtime_that_stops_with_a_report_that_was_not_taken_keeps_it_and_does_not_leave()
      throws Exception {
    var away = new Reply[5_000];
    java.util.Arrays.fill(away, Reply.status(503));
    muster.script("complete", away);
    muster.add(TASK, "Short", "");
    var runtime = start("true", 1, Duration.ZERO);
    awaited("complete");

    runtime.close();

    assertThat(muster.story()).doesNotContain("deregister");
    assertThat(ReportSpool.open(work.resolve(".spool")).entries()).hasSize(1);
  }

  @Test
  void a_server_that_knows_only_the_first_calls_is_good_enough() throws Exception {
    muster.forget("messages", "session", "drain", "release", "cancel-ack");
    muster.add(TASK, "Short", "");
    try (var _ = start("echo hello")) {
      awaited("complete");
    }
    assertThat(muster.state(TASK)).isEqualTo("completed");
    assertThat(muster.story()).endsWith("deregister");
  }

  @Test
  void no_more_run_at_once_than_there_are_slots() throws Exception {
    for (var i = 1; i <= 5; i++) {
      muster.add(TASK.substring(0, 35) + i, "Short", "");
    }
    var running = new AtomicInteger();
    var seen = new CopyOnWriteArrayList<Integer>();
    muster.when("start", () -> seen.add(running.incrementAndGet()));
    muster.when("complete", () -> seen.add(running.decrementAndGet()));
    try (var _ = start("sleep 0.3")) {
      await().until(() -> seen.size() == 10);

      assertThat(seen).containsOnly(0, 1, 2);
    }
  }

  @Test
  void two_processes_do_not_share_a_work_directory() throws Exception {
    try (var _ = start("true")) {
      assertThatThrownBy(() -> start("true"))
          .isInstanceOf(RuntimeRefused.class)
          .hasMessageContaining("Another runtime works in");
    }
  }

  @Test
  void a_server_that_does_not_want_the_runtime_is_told_of_in_a_sentence() {
    muster.script("register", Reply.status(404));

    assertThatThrownBy(() -> start("true"))
        .isInstanceOf(RuntimeRefused.class)
        .hasMessage("Muster does not register this runtime: answered so by the test (404).");
  }
}
