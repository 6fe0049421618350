package dev.muster.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/// What the charts of dashboards are drawn from.
class StatsTest {
  private TestWorkspace at = TestWorkspace.make();
  private UUID runtime = new UUID(0, 0);
  private UUID agent = new UUID(0, 0);

  @BeforeEach
  void aWorkspaceWithAnAgent() {
    at = TestWorkspace.make();
    runtime = at.api().newRuntime(at.id(), "dm1", "claude", 100);
    agent = at.newAgent(runtime, ",\"max_concurrent_tasks\":100");
  }

  private UUID started() {
    var task = at.newTask(agent, "");
    at.api().claim(runtime);
    at.api().start(task).ok();
    return task;
  }

  /// The beginning of a minute, by the database's clock.
  private Instant minutesAgo(int minutes) {
    return at.db()
        .sql("SELECT date_trunc('minute', now()) - make_interval(mins => :minutes)")
        .param("minutes", minutes)
        .query((row, _) -> row.getObject(1, OffsetDateTime.class).toInstant())
        .single();
  }

  /// As if the task had waited and run for so many seconds, and been claimed then.
  private void happened(UUID task, int waited, Instant claimed, int ran) {
    at.db()
        .sql(
            """
            UPDATE task
               SET dispatched_at = :claimed, started_at = :claimed, queued_at = :claimed - make_interval(secs => :waited),
                   completed_at = CASE WHEN completed_at IS NOT NULL THEN :claimed + make_interval(secs => :ran) END
             WHERE id = :task
            """)
        .param("waited", waited)
        .param("claimed", claimed.atOffset(ZoneOffset.UTC))
        .param("ran", ran)
        .param("task", task)
        .update();
  }

  private List<JsonNode> minutes(String query) {
    var found = new ArrayList<JsonNode>();
    at.api()
        .get("/api/workspaces/%s/stats%s".formatted(at.id(), query))
        .ok()
        .get("minutes")
        .forEach(found::add);
    return found;
  }

  private static JsonNode minute(List<JsonNode> minutes, Instant begin) {
    return minutes.stream()
        .filter(each -> Instant.parse(each.get("minute").asString()).equals(begin))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void eachMinuteTellsWhatEndedWhatWasClaimedAndHowLongThatTook() {
    var tasks = List.of(started(), started(), started());
    tasks.forEach(task -> at.api().complete(task, "Done").ok());
    var first = minutesAgo(7);
    happened(tasks.get(0), 10, first, 1);
    happened(tasks.get(1), 20, first, 2);
    happened(tasks.get(2), 30, first, 3);
    var failed = started();
    at.api().post("/api/daemon/tasks/%s/fail".formatted(failed), "{\"error\":\"No\"}").ok();
    var second = first.plus(Duration.ofMinutes(2));
    happened(failed, 40, second, 30);
    happened(started(), 50, second, 0);

    var minutes = minutes("?minutes=10");

    assertThat(minutes).hasSize(10);
    var early = minute(minutes, first);
    assertThat(early.get("completed").asInt()).isEqualTo(3);
    assertThat(early.get("failed").asInt()).isZero();
    assertThat(early.get("dispatched").asInt()).isEqualTo(3);
    assertThat(early.get("queue_wait_p50").asDouble()).isEqualTo(20);
    assertThat(early.get("queue_wait_p95").asDouble()).isEqualTo(29);
    assertThat(early.get("run_time_p50").asDouble()).isEqualTo(2);
    assertThat(early.get("more").asBoolean()).isFalse();
    var late = minute(minutes, second);
    assertThat(late.get("failed").asInt()).isEqualTo(1);
    assertThat(late.get("dispatched").asInt()).isEqualTo(2);
    assertThat(late.get("queue_wait_p50").asDouble()).isEqualTo(45);
    assertThat(late.get("run_time_p50").isNull()).isTrue();
  }

  @Test
  void minutesThatAreOverStayAsTheyWereCountedAndNewOnesJoinThem() {
    var old = started();
    at.api().complete(old, "Done").ok();
    var then = minutesAgo(6);
    happened(old, 10, then, 3);
    var before = minutes("?minutes=12");
    var fresh = started();
    at.api().complete(fresh, "Done").ok();
    var now = minutesAgo(0);
    happened(fresh, 5, now, 0);

    var after = minutes("?minutes=9");

    assertThat(after).hasSize(9);
    assertThat(minute(after, then)).isEqualTo(minute(before, then));
    assertThat(minute(after, then).get("completed").asInt()).isEqualTo(1);
    assertThat(minute(after, now).get("completed").asInt()).isEqualTo(1);
    assertThat(after.stream().mapToInt(each -> each.get("completed").asInt()).sum()).isEqualTo(2);
  }

  @Test
  void theMinutesAreAllThereAlsoWhereNothingHappened() {
    var minutes = minutes("");

    assertThat(minutes).hasSize(60);
    var times = minutes.stream().map(each -> Instant.parse(each.get("minute").asString())).toList();
    for (var i = 1; i < times.size(); i++) {
      assertThat(Duration.between(times.get(i - 1), times.get(i))).isEqualTo(Duration.ofMinutes(1));
    }
    assertThat(minutes).allSatisfy(each -> assertThat(each.get("completed").asInt()).isZero());
  }

  @Test
  void howManyMinutesIsLimited() {
    for (var wrong : List.of("0", "181", "-1", "x", "9999999999")) {
      var answer = at.api().get("/api/workspaces/%s/stats?minutes=%s".formatted(at.id(), wrong));

      assertThat(answer.status()).isEqualTo(400);
      assertThat(answer.json().get("field").asString()).isEqualTo("minutes");
    }
  }

  @Test
  void issuesAreFoundByTheirIds() {
    var one = at.api().newIssue(at.id(), agent);
    var _ = at.api().newIssue(at.id(), agent);
    var other = TestWorkspace.make();
    var foreign =
        at.api()
            .newIssue(
                other.id(),
                at.api()
                    .newAgent(other.id(), at.api().newRuntime(other.id(), "dm", "claude", 1), 1));

    var found =
        at.api()
            .get("/api/issues?workspace_id=%s&ids=%s,%s".formatted(at.id(), one, foreign))
            .ok()
            .get("issues");

    assertThat(found).hasSize(1);
    assertThat(Api.id(found.get(0))).isEqualTo(one);
    assertThat(
            at.api().get("/api/issues?workspace_id=%s&ids=%s,x".formatted(at.id(), one)).status())
        .isEqualTo(400);
  }
}
