package dev.muster.standalone.chart;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.standalone.reference.OpenApi;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What holds of each pod that the chart makes, whatever the values are.
@EnabledIf(
    value = "dev.muster.standalone.chart.Chart#canBeRendered",
    disabledReason = "there is no Helm for this machine in Maven's repository")
@ParameterizedClass
@ValueSource(strings = {"least", "external-secrets", "everything", "nothing-optional", "stopped"})
class ChartPodsTest {
  private static final JsonMapper JSON = new JsonMapper();
  private static final int SECONDS_TO_END = 30;
  private static final Set<String> COMMANDS = Set.of("api", "dispatcher", "migrate");

  /// What a dispatcher answers, which no document of the REST API names.
  private static final Set<String> PATHS_OF_A_DISPATCHER = Set.of("/health", "/metrics");

  private static final List<String> PROBES =
      List.of("startupProbe", "readinessProbe", "livenessProbe");

  private final Chart chart;

  ChartPodsTest(String values) {
    chart = Chart.with(Chart.values(values));
  }

  @Test
  void it_has_no_more_rights_than_it_needs() {
    assertThat(chart.workloads())
        .isNotEmpty()
        .allSatisfy(workload -> {
          var pod = Chart.pod(workload);
          assertThat(pod.path("automountServiceAccountToken").asBoolean(true)).isFalse();
          assertThat(pod.path("enableServiceLinks").asBoolean(true)).isFalse();
          assertThat(pod.at("/securityContext/runAsNonRoot").asBoolean()).isTrue();
          assertThat(pod.at("/securityContext/seccompProfile/type").asString())
              .isEqualTo("RuntimeDefault");
          assertThat(Chart.container(workload).path("securityContext"))
              .isEqualTo(
                  JSON.readTree(
                      """
                      {"allowPrivilegeEscalation": false, "readOnlyRootFilesystem": true,
                       "capabilities": {"drop": ["ALL"]}}
                      """));
        });
  }

  @Test
  void it_has_a_limit_of_memory_and_says_what_it_wants() {
    assertThat(chart.workloads())
        .allSatisfy(workload -> {
          var resources = Chart.container(workload).path("resources");
          assertThat(resources.at("/limits/memory").asString("")).matches("\\d+Mi");
          assertThat(resources.at("/requests/memory")).isEqualTo(resources.at("/limits/memory"));
          assertThat(resources.at("/requests/cpu").asString("")).matches("\\d+m");
        });
  }

  @Test
  void it_writes_to_a_directory_of_its_own_alone() {
    assertThat(chart.workloads())
        .allSatisfy(workload -> {
          var volumes = Chart.items(Chart.pod(workload).path("volumes")).toList();
          var tmp =
              volumes.stream()
                  .filter(volume -> volume.path("name").asString().equals("tmp"))
                  .findFirst()
                  .orElseThrow();
          assertThat(tmp.at("/emptyDir/sizeLimit").asString("")).isNotEmpty();
          var mounts = Chart.items(Chart.container(workload).path("volumeMounts")).toList();
          assertThat(mounts)
              .extracting(mount -> mount.path("mountPath").asString())
              .contains("/tmp");
          assertThat(volumes)
              .extracting(volume -> volume.path("name"))
              .hasSameElementsAs(mounts.stream().map(mount -> mount.path("name")).toList());
        });
  }

  @Test
  void it_runs_a_command_of_the_one_image() {
    assertThat(chart.workloads().map(workload -> Chart.container(workload).path("image")))
        .isNotEmpty()
        .containsOnly(Chart.container(chart.one("Deployment", "api")).path("image"));
    assertThat(chart.workloads().map(workload -> Chart.container(workload).path("args")))
        .allSatisfy(arguments -> {
          assertThat(arguments).hasSize(1);
          assertThat(COMMANDS).contains(arguments.get(0).asString());
        });
  }

  @Test
  void it_is_asked_for_what_it_answers() {
    var routes = JSON.readTree(OpenApi.published()).path("paths").propertyNames();
    assertThat(chart.of("Deployment"))
        .hasSize(2)
        .allSatisfy(deployment -> {
          var container = Chart.container(deployment);
          var answered =
              Chart.component(deployment).equals("api")
                  ? Set.copyOf(routes)
                  : PATHS_OF_A_DISPATCHER;
          for (var probe : PROBES) {
            var request = container.path(probe).path("httpGet");
            assertThat(answered).contains(request.path("path").asString());
            assertThat(request.path("port")).isEqualTo(container.at("/ports/0/name"));
          }
          assertThat(container.at("/ports/0/containerPort").asString())
              .isEqualTo(environment(deployment).get("SERVER_PORT"));
        });
  }

  @Test
  void it_has_the_time_to_end() {
    assertThat(chart.of("Deployment"))
        .allSatisfy(deployment -> {
          var pause = Chart.container(deployment).at("/lifecycle/preStop/sleep/seconds").asInt(0);
          assertThat(Chart.pod(deployment).path("terminationGracePeriodSeconds").asInt())
              .isGreaterThanOrEqualTo(SECONDS_TO_END + pause);
          assertThat(deployment.at("/spec/strategy/rollingUpdate/maxUnavailable").asInt(-1))
              .isZero();
        });
  }

  @Test
  void it_is_told_nothing_that_nobody_reads() {
    var known = KnownVariables.read();
    assertThat(chart.workloads())
        .allSatisfy(workload -> {
          assertThat(known.unknown(environment(workload))).isEmpty();
          assertThat(environment(workload)).containsKey("SPRING_DATASOURCE_URL");
        });
  }

  @Test
  void its_secrets_are_there() {
    var made =
        chart
            .of("Secret")
            .collect(
                Collectors.toMap(
                    secret -> secret.at("/metadata/name").asString(),
                    secret -> Set.copyOf(secret.path("data").propertyNames())));
    assertThat(chart.workloads().flatMap(ChartPodsTest::secretKeys))
        .filteredOn(key -> key.path("name").asString().startsWith("m1-"))
        .allSatisfy(key ->
            assertThat(made.getOrDefault(key.path("name").asString(), Set.of()))
                .contains(key.path("key").asString()));
  }

  @Test
  void whatever_selects_it_finds_it() {
    var labels =
        chart
            .workloads()
            .map(workload -> strings(workload.at("/spec/template/metadata/labels")))
            .toList();
    var selectors = chart.documents().stream().flatMap(ChartPodsTest::selectors).toList();

    assertThat(selectors)
        .hasSizeGreaterThan(2)
        .allSatisfy(selector -> {
          assertThat(selector).isNotEmpty();
          assertThat(labels.stream().filter(of -> of.entrySet().containsAll(selector.entrySet())))
              .hasSize(1);
        });
  }

  private static Stream<Map<String, String>> selectors(JsonNode document) {
    return Stream.of(
            "/spec/selector", "/spec/selector/matchLabels", "/spec/podSelector/matchLabels")
        .map(document::at)
        .map(ChartPodsTest::strings)
        .filter(selector -> !selector.isEmpty());
  }

  /// The members of an object that are texts.
  private static Map<String, String> strings(JsonNode object) {
    return object.properties().stream()
        .filter(member -> member.getValue().isString())
        .collect(Collectors.toMap(Map.Entry::getKey, member -> member.getValue().asString()));
  }

  private static Stream<JsonNode> secretKeys(JsonNode workload) {
    return Chart.items(Chart.container(workload).path("env"))
        .map(variable -> variable.at("/valueFrom/secretKeyRef"))
        .filter(JsonNode::isObject);
  }

  /// A variable given twice fails here.
  private static Map<String, String> environment(JsonNode workload) {
    return Chart.items(Chart.container(workload).path("env"))
        .collect(
            Collectors.toMap(
                variable -> variable.path("name").asString(),
                variable -> variable.path("value").asString("what-the-secret-holds")));
  }
}
