package dev.muster.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/// Runs of daemons that say what they run by asking for its status alone.
class RunPollsTest {
  private static final Duration AT_MOST = Duration.ofSeconds(30);

  private final TestWorkspace at = TestWorkspace.make();
  private final Api api = at.api();
  private TodayDaemon daemon = new TodayDaemon(api, at.id(), "", at.id());
  private UUID agent = at.id();

  @BeforeEach
  void aDaemonWithItsAgent() {
    daemon = TodayDaemon.start(api, at.id(), "polls-" + at.id());
    agent = at.newAgent(daemon.runtime(), ",\"max_concurrent_tasks\":50");
  }

  @AfterEach
  void theFeedHoldsItsGuarantees() {
    at.muster().feed().complete(at.muster(), at.id());
  }

  private JsonNode running() {
    api.newIssue(at.id(), agent);
    return daemon.claimAndStart();
  }

  private UUID polled(JsonNode task) {
    assertThat(daemon.status(Api.id(task))).isEqualTo("running");
    var id = TodayDaemon.taskOf(task);
    await().atMost(AT_MOST).until(() -> isNoted(id));
    return id;
  }

  private boolean isNoted(UUID task) {
    return at.db()
        .sql("SELECT EXISTS (SELECT FROM run_poll WHERE task_id = :id)")
        .param("id", task)
        .query(Boolean.class)
        .single();
  }

  /// The daemon has asked for the task, and not again for as long.
  private void silence(UUID task, String interval) {
    at.db()
        .sql(
            """
            INSERT INTO run_poll (task_id, claim_generation, polled_at)
            SELECT id, claim_generation, now() - :interval::interval FROM task WHERE id = :id
            ON CONFLICT (task_id) DO UPDATE SET polled_at = excluded.polled_at
            """)
        .param("interval", interval)
        .param("id", task)
        .update();
  }

  private void isDueFor(UUID task, String reason) {
    await().atMost(AT_MOST).until(() -> reason(task), reason::equals);
  }

  private String reason(UUID task) {
    return at.db()
        .sql("SELECT coalesce(deadline_reason, '') FROM task WHERE id = :id")
        .param("id", task)
        .query(String.class)
        .single();
  }

  @Test
  void aDaemonThatHasStoppedAskingHasLostItsReport() {
    var task = running();
    var id = polled(task);
    silence(id, "361 seconds");

    isDueFor(id, "report_lost");
    assertThat(at.task(id).get("status").asString()).isEqualTo("running");
    assertThat(at.pass(id, "report_lost")).isTrue();

    var next = daemon.claimSoon();
    assertThat(TodayDaemon.taskOf(next)).isEqualTo(id);
    assertThat(at.task(id).get("attempts").get(0).get("failure_reason").asString())
        .isEqualTo("report_lost");
    await().atMost(AT_MOST).until(() -> !isNoted(id));
  }

  @Test
  void whatIsReportedLateCountsWhileNobodyElseHasIt() {
    var task = running();
    var id = TodayDaemon.taskOf(task);
    silence(id, "361 seconds");
    isDueFor(id, "report_lost");
    assertThat(at.pass(id, "report_lost")).isTrue();
    await().atMost(AT_MOST).until(() -> at.task(id).get("status").asString().equals("queued"));

    daemon.complete(Api.id(task), "done after all").ok();

    assertThat(at.task(id).get("status").asString()).isEqualTo("completed");
  }

  @Test
  void aDaemonThatAsksAgainKeepsItsRun() {
    var task = running();
    var id = TodayDaemon.taskOf(task);
    silence(id, "361 seconds");
    isDueFor(id, "report_lost");

    assertThat(daemon.status(Api.id(task))).isEqualTo("running");

    isDueFor(id, "deadline_run");
    daemon.complete(Api.id(task), "done").ok();
  }

  @Test
  void aDaemonMayTryForSixMinutesToReport() {
    var quiet = TodayDaemon.taskOf(running());
    var lost = TodayDaemon.taskOf(running());
    silence(quiet, "350 seconds");
    silence(lost, "370 seconds");

    isDueFor(lost, "report_lost");

    assertThat(reason(quiet)).isEqualTo("deadline_run");
  }

  @Test
  void aNewClaimIsNotJudgedByWhatWasAskedOfTheOldOne() {
    var id = TodayDaemon.taskOf(running());
    TodayDaemon.start(api, at.id(), daemon.id());
    daemon.start(Api.id(daemon.claimSoon())).ok();
    var lost = TodayDaemon.taskOf(running());
    at.db()
        .sql("INSERT INTO run_poll VALUES (:id, 1, now() - interval '370 seconds')")
        .param("id", id)
        .update();
    silence(lost, "370 seconds");

    isDueFor(lost, "report_lost");

    assertThat(reason(id)).isEqualTo("deadline_run");
  }

  /// A runtime that is offline has its reconnect grace: it cannot ask.
  @Test
  void aRuntimeThatIsOfflineIsNotJudgedByWhatItDoesNotAsk() {
    var away = TodayDaemon.taskOf(running());
    at.db()
        .sql("UPDATE runtime SET status = 'offline' WHERE id = :id")
        .param("id", daemon.runtime())
        .update();
    silence(away, "370 seconds");

    isDueFor(away, "runtime_lost");
  }

  @Test
  void onlyTheAskingOfADaemonThatNamesNothingCounts() {
    var person = running();
    assertThat(
            api.get("/api/daemon/tasks/%s/status".formatted(Api.id(person)))
                .ok()
                .get("status")
                .asString())
        .isEqualTo("running");
    var reference = api.newRuntime(at.id(), "named", "claude", 4);
    var named = at.newTask(at.newAgent(reference, ""), "");
    api.claim(reference, 20);
    api.start(named).ok();
    api.send(
            "GET",
            "/api/daemon/tasks/%s/status".formatted(named),
            null,
            "X-Client-Platform",
            "daemon")
        .ok();

    polled(running());

    assertThat(isNoted(TodayDaemon.taskOf(person))).isFalse();
    assertThat(isNoted(named)).isFalse();
  }
}
