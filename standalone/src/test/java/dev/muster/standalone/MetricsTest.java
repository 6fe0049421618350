package dev.muster.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.Yaml;
import tools.jackson.databind.json.JsonMapper;

/// What a monitoring system reads.
class MetricsTest {
  private static final Path DEPLOY = Path.of("../deploy");
  private static final Path OPERATIONS = Path.of("../docs/operations.md");
  private static final Pattern NAME = Pattern.compile("\\b(?:muster|http|hikaricp|jvm)_[a-z_]+");

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

  /// A name that is spelt wrong, or is gone, would make an alert that never comes.
  @Test
  void dashboardAndAlertsNameNothingElse() throws Exception {
    at.api().get("/api/me").ok();
    var there =
        at.api()
            .get("/metrics")
            .text()
            .lines()
            .filter(line -> !line.startsWith("#"))
            .map(line -> line.split("[{ ]", 2)[0])
            .collect(Collectors.toSet());
    var dashboard = Files.readString(DEPLOY.resolve("grafana/muster.json"));
    var alerts = Files.readString(DEPLOY.resolve("prometheus/alerts.yml"));
    var expressions = new ArrayList<String>();
    for (var panel : new JsonMapper().readTree(dashboard).get("panels")) {
      panel.get("targets").forEach(target -> expressions.add(target.get("expr").asString()));
    }
    Map<String, List<Map<String, List<Map<String, Object>>>>> groups = new Yaml().load(alerts);
    var rules = Objects.requireNonNull(groups.get("groups")).getFirst().get("rules");
    Objects.requireNonNull(rules)
        .forEach(rule -> {
          expressions.add(String.valueOf(rule.get("expr")));
          assertThat(OPERATIONS).content().contains("| `" + rule.get("alert") + "` |");
        });

    var named =
        expressions.stream()
            .flatMap(expression -> NAME.matcher(expression).results())
            .map(MatchResult::group)
            .collect(Collectors.toSet());

    assertThat(named).hasSizeGreaterThan(25);
    assertThat(there).containsAll(named);
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
