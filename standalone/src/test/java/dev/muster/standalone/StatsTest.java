package dev.muster.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
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

  /// As if the task had waited and run for so many seconds, and been claimed so many minutes ago.
  private void happened(UUID task, int waited, int minutesAgo, int ran) {
    at.db()
        .sql(
            """
            UPDATE task t
               SET dispatched_at = c.claimed, started_at = c.claimed, queued_at = c.claimed - make_interval(secs => :waited),
                   completed_at = CASE WHEN completed_at IS NOT NULL THEN c.claimed + make_interval(secs => :ran) END
              FROM (SELECT date_trunc('minute', now()) - make_interval(mins => :ago) AS claimed) c
             WHERE id = :task
            """)
        .param("waited", waited)
        .param("ago", minutesAgo)
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

  @Test
  void eachMinuteTellsWhatEndedWhatWasClaimedAndHowLongThatTook() {
    for (var i = 1; i <= 3; i++) {
      var task = started();
      at.api().complete(task, "Done").ok();
      happened(task, i * 10, 7, i);
    }
    var failed = started();
    at.api().post("/api/daemon/tasks/%s/fail".formatted(failed), "{\"error\":\"No\"}").ok();
    happened(failed, 40, 5, 30);
    var running = started();
    happened(running, 50, 5, 0);

    var minutes = minutes("?minutes=10");

    assertThat(minutes).hasSize(10);
    var first = minutes.get(2);
    assertThat(first.get("completed").asInt()).isEqualTo(3);
    assertThat(first.get("failed").asInt()).isZero();
    assertThat(first.get("dispatched").asInt()).isEqualTo(3);
    assertThat(first.get("queue_wait_p50").asDouble()).isEqualTo(20);
    assertThat(first.get("queue_wait_p95").asDouble()).isEqualTo(29);
    assertThat(first.get("run_time_p50").asDouble()).isEqualTo(2);
    assertThat(first.get("more").asBoolean()).isFalse();
    var second = minutes.get(4);
    assertThat(second.get("failed").asInt()).isEqualTo(1);
    assertThat(second.get("dispatched").asInt()).isEqualTo(2);
    assertThat(second.get("queue_wait_p50").asDouble()).isEqualTo(45);
    assertThat(second.get("run_time_p50").isNull()).isTrue();
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
