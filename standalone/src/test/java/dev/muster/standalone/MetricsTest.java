package dev.muster.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/// What a monitoring system reads.
class MetricsTest {
  private final TestWorkspace at = TestWorkspace.make();

  @Test
  void theyCountWhatWaitsByTheReasonsOfTheApi() {
    var runtime = at.api().newRuntime(at.id(), "dm", "claude", 1);
    var agent = at.newAgent(runtime, "");
    at.api().post("/api/agents/%s/pause".formatted(agent), "{}").ok();
    var before = count("muster_tasks_waiting{reason=\"agent_paused\"}");
    var task = at.newTask(agent, "");
    assertThat(at.waiting(task)).isEqualTo("agent_paused");

    await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(() ->
            assertThat(count("muster_tasks_waiting{reason=\"agent_paused\"}"))
                .isGreaterThan(before));
    assertThat(count("muster_tasks{state=\"queued\"}")).isPositive();
    assertThat(count("muster_tasks_oldest_wait_seconds")).isPositive();
    assertThat(count("muster_runtimes{state=\"online\"}")).isPositive();
  }

  @Test
  void theyCountTheFeedsEvents() {
    var before = count("muster_events_total{type=\"workspace.updated\"}");
    at.api().put("/api/workspaces/" + at.id(), "{\"name\":\"Renamed\"}").ok();

    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> count("muster_events_total{type=\"workspace.updated\"}") > before);
  }

  @Test
  void theySayHowFarBehindEachConsumerAndTheFeedAre() {
    assertThat(at.api().get("/metrics").text().lines())
        .anyMatch(line -> line.startsWith("muster_consumer_lag{consumer=\"muster-dispatcher\"}"))
        .anyMatch(line -> line.startsWith("muster_consumer_lag{consumer=\"muster-feed-reader\"}"))
        .anyMatch(line -> line.startsWith("muster_feed_outbox_depth"))
        .anyMatch(line -> line.startsWith("muster_feed_published"));
  }

  @Test
  void theyAreInPrometheusTextFormat() {
    var answer = at.api().get("/metrics");

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.response().headers().firstValue("content-type").orElse(""))
        .startsWith("text/plain;version=0.0.4");
    assertThat(answer.text())
        .contains("# TYPE muster_tasks gauge")
        .contains("jvm_memory_used_bytes");
    assertThat(answer.text().lines())
        .allMatch(line -> line.startsWith("#") || line.matches("[a-z_A-Z0-9]+(\\{.*\\})? \\S+"));
  }

  /// The sample's value; 0 if there is none.
  private double count(String sample) {
    return at.api()
        .get("/metrics")
        .text()
        .lines()
        .filter(line -> line.startsWith(sample + ' '))
        .mapToDouble(line -> Double.parseDouble(line.substring(sample.length() + 1)))
        .sum();
  }
}
