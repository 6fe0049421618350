package dev.muster.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
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

  private JsonNode stats(String query) {
    return at.api().get("/api/workspaces/%s/stats%s".formatted(at.id(), query)).ok();
  }

  private static List<JsonNode> periods(JsonNode stats) {
    var found = new ArrayList<JsonNode>();
    stats.get("periods").forEach(found::add);
    return found;
  }

  private static JsonNode period(JsonNode stats, Instant start) {
    return periods(stats).stream()
        .filter(each -> Instant.parse(each.get("start").asString()).equals(start))
        .findFirst()
        .orElseThrow();
  }

  private UUID completed(UUID task) {
    at.api().complete(task, "Done").ok();
    return task;
  }

  @Test
  void eachPeriodTellsWhatEndedWhatWasClaimedAndHowLongThatTook() {
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

    var stats = stats("");

    var early = period(stats, first);
    assertThat(early.get("completed").asInt()).isEqualTo(3);
    assertThat(early.get("failed").asInt()).isZero();
    assertThat(early.get("claimed").asInt()).isEqualTo(3);
    assertThat(early.get("queue_wait_p50").asDouble()).isEqualTo(20);
    assertThat(early.get("queue_wait_p95").asDouble()).isEqualTo(29);
    assertThat(early.get("run_time_p50").asDouble()).isEqualTo(2);
    assertThat(early.get("more").asBoolean()).isFalse();
    var late = period(stats, second);
    assertThat(late.get("failed").asInt()).isEqualTo(1);
    assertThat(late.get("claimed").asInt()).isEqualTo(2);
    assertThat(late.get("queue_wait_p50").asDouble()).isEqualTo(45);
    assertThat(late.get("run_time_p50").isNull()).isTrue();
  }

  /// The median of medians would be 21 s, and the mean 12.4.
  @Test
  void theTotalKnowsAllTasksAndNotOnlyWhatThePeriodsSay() {
    var start = minutesAgo(30);
    for (var wait : List.of(1, 2, 3, 4)) {
      happened(completed(started()), wait, start, 10);
    }
    happened(completed(started()), 40, start.plus(Duration.ofMinutes(5)), 10);
    happened(started(), 25, start.plus(Duration.ofMinutes(6)), 0);

    for (var range : List.of("1h", "24h", "7d")) {
      var total = stats("?range=" + range).get("total");

      assertThat(total.get("completed").asInt()).as(range).isEqualTo(5);
      assertThat(total.get("claimed").asInt()).as(range).isEqualTo(6);
      assertThat(total.get("queue_wait_p50").asDouble())
          .as(range)
          .isCloseTo(3, withinPercentage(1));
      assertThat(total.get("queue_wait_p95").asDouble())
          .as(range)
          .isCloseTo(40, withinPercentage(1));
      assertThat(total.get("run_time_p50").asDouble()).as(range).isCloseTo(10, withinPercentage(1));
      assertThat(total.get("more").asBoolean()).as(range).isFalse();
    }
  }

  @Test
  void anAgentsStatisticsAreThoseOfItsTasks() {
    var other = at.newAgent(runtime, ",\"max_concurrent_tasks\":100");
    happened(completed(started()), 4, minutesAgo(3), 1);
    var task = at.newTask(other, "");
    at.api().claim(runtime);
    at.api().start(task).ok();
    happened(task, 8, minutesAgo(2), 0);

    var mine = stats("?agent_id=" + agent).get("total");
    var others = stats("?range=24h&agent_id=" + other).get("total");

    assertThat(mine.get("completed").asInt()).isEqualTo(1);
    assertThat(mine.get("claimed").asInt()).isEqualTo(1);
    assertThat(others.get("completed").asInt()).isZero();
    assertThat(others.get("claimed").asInt()).isEqualTo(1);
    assertThat(others.get("queue_wait_p50").asDouble()).isCloseTo(8, withinPercentage(1));
    var nobody = at.api().get("/api/workspaces/%s/stats?agent_id=%s".formatted(at.id(), at.id()));
    assertThat(nobody.status()).isEqualTo(404);
  }

  @Test
  void periodsThatAreOverStayAsTheyWereCountedAndNewOnesJoinThem() {
    var then = minutesAgo(6);
    happened(completed(started()), 10, then, 3);
    var before = stats("");
    var now = minutesAgo(0);
    happened(completed(started()), 5, now, 0);

    // What was told is kept for seconds.
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> stats("").get("total").get("completed").asInt() == 2);
    var after = stats("");
    assertThat(period(after, then)).isEqualTo(period(before, then));
    assertThat(period(after, then).get("completed").asInt()).isEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource({"1h, 60, 60", "24h, 96, 900", "7d, 168, 3600"})
  void thePeriodsAreAllThereAlsoWhereNothingHappened(String range, int count, int seconds) {
    var stats = stats("?range=" + range);

    assertThat(stats.get("range").asString()).isEqualTo(range);
    assertThat(stats.get("step_seconds").asInt()).isEqualTo(seconds);
    var starts = periods(stats).stream().map(each -> Instant.parse(each.get("start").asString()));
    var newest = Instant.parse(periods(stats).getLast().get("start").asString());
    assertThat(newest.getEpochSecond() % seconds).isZero();
    assertThat(Duration.between(newest, minutesAgo(0))).isLessThan(Duration.ofSeconds(seconds));
    assertThat(starts)
        .containsExactlyElementsOf(
            IntStream.range(0, count)
                .mapToObj(i -> newest.minusSeconds((long) (count - 1 - i) * seconds))
                .toList());
    assertThat(stats.get("total").get("queue_wait_p50").isNull()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"range=2h", "range=", "range=1H", "minutes=5", "agent_id=x"})
  void whatIsNoRangeIsRefused(String query) {
    var answer = at.api().get("/api/workspaces/%s/stats?%s".formatted(at.id(), query));

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.json().get("field").asString()).isEqualTo(query.split("=", -1)[0]);
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
