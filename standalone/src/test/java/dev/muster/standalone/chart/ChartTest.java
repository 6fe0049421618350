package dev.muster.standalone.chart;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.yaml.snakeyaml.Yaml;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The chart's documents, with several sets of values, and which values it takes.
@EnabledIf(
    value = "dev.muster.standalone.chart.Chart#canBeRendered",
    disabledReason = "there is no Helm for this machine in Maven's repository")
class ChartTest {
  private static final Pattern PROJECT_VERSION =
      Pattern.compile("<artifactId>muster</artifactId>\\s*<version>([^<]+)</version>");

  @Test
  void helm_finds_nothing_to_say_about_it() {
    assertThat(Chart.lint()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"least", "external-secrets", "everything", "nothing-optional", "stopped"})
  void its_documents_are_as_kubernetes_wants_them(String values) {
    var chart = Chart.with(Chart.values(values));

    assertThat(chart.documents())
        .filteredOn(document -> !document.path("kind").asString().endsWith("Monitor"))
        .hasSizeGreaterThan(2)
        .allSatisfy(document ->
            assertThat(KubernetesSchema.faults(document)).as(Chart.name(document)).isEmpty());
    assertThat(chart.documents().stream().map(Chart::name)).doesNotHaveDuplicates();
  }

  @ParameterizedTest
  @CsvSource({
    "least, Deployment, 2",
    "least, Job, 1",
    "least, Secret, 2",
    "least, NetworkPolicy, 3",
    "least, PodDisruptionBudget, 2",
    "least, Ingress, 0",
    "least, HorizontalPodAutoscaler, 0",
    "external-secrets, Secret, 0",
    "everything, Ingress, 1",
    "everything, HorizontalPodAutoscaler, 1",
    "everything, ServiceMonitor, 1",
    "everything, PodMonitor, 1",
    "nothing-optional, Job, 0",
    "nothing-optional, NetworkPolicy, 0",
    "nothing-optional, PodDisruptionBudget, 0",
    "nothing-optional, ServiceAccount, 0",
    "stopped, Job, 0",
  })
  void the_values_say_what_there_is(String values, String kind, int count) {
    assertThat(Chart.with(Chart.values(values)).of(kind)).hasSize(count);
  }

  @Test
  void stopped_leaves_no_pod() {
    assertThat(Chart.with(Chart.values("stopped")).workloads())
        .hasSize(2)
        .allMatch(workload -> workload.at("/spec/replicas").asInt(-1) == 0);
  }

  @Test
  void the_schema_is_migrated_before_anything_else() {
    var hooks =
        Chart.with(Chart.values("least")).documents().stream()
            .filter(document -> document.at("/metadata/annotations").has(Chart.HOOK))
            .toList();

    assertThat(hooks)
        .extracting(Chart::name)
        .containsExactlyInAnyOrder(
            "Job m1-muster-migrations",
            "NetworkPolicy m1-muster-migrations",
            "Secret m1-muster-migrations",
            "ServiceAccount m1-muster-migrations");
    assertThat(hooks)
        .extracting(hook -> hook.at("/metadata/annotations").path(Chart.HOOK).asString())
        .containsOnly("pre-install,pre-upgrade");
    assertThat(hooks)
        .allSatisfy(hook ->
            assertThat(weight(hook))
                .as(Chart.name(hook))
                .isEqualTo(Chart.name(hook).startsWith("Job") ? 0 : -5));
    assertThat(Chart.render(Chart.DIRECTORY, Chart.values("least")))
        .extracting(Chart::name)
        .doesNotContain("Job m1-muster-migrations");
  }

  private static int weight(JsonNode hook) {
    return Integer.parseInt(hook.at("/metadata/annotations/helm.sh~1hook-weight").asString());
  }

  @ParameterizedTest
  @CsvSource({
    "least, migrations, , 53 5432",
    "least, api, http, 53 5432 9092",
    "least, dispatcher, , 53 443 5432 9092",
    "external-secrets, api, http, 53 5432 9093",
    "everything, dispatcher, http, 53 443 4318 5432 9092",
  })
  void the_network_carries_what_it_must(
      String values, String component, @Nullable String in, String out) {
    var policy = Chart.with(Chart.values(values)).one("NetworkPolicy", component).path("spec");

    assertThat(strings(policy.path("policyTypes"))).containsExactly("Ingress", "Egress");
    assertThat(ports(policy.path("ingress"))).isEqualTo(in == null ? "" : in);
    assertThat(ports(policy.path("egress"))).isEqualTo(out);
  }

  private static Stream<String> strings(JsonNode list) {
    return Chart.items(list).map(JsonNode::asString);
  }

  private static String ports(JsonNode rules) {
    return Chart.items(rules)
        .flatMap(rule -> Chart.items(rule.path("ports")))
        .map(port -> port.path("port").asString())
        .distinct()
        .sorted(Comparator.comparingInt(String::length).thenComparing(Comparator.naturalOrder()))
        .collect(Collectors.joining(" "));
  }

  @Test
  void autoscaling_alone_says_how_many_apis_there_are() {
    assertThat(
            Chart.with(Chart.values("everything"))
                .one("Deployment", "api")
                .at("/spec")
                .has("replicas"))
        .isFalse();
    assertThat(
            Chart.with(Chart.values("everything"))
                .one("Deployment", "dispatcher")
                .at("/spec/replicas")
                .asInt())
        .isEqualTo(3);
  }

  @Test
  void prometheus_has_a_token_for_the_api_and_needs_none_for_dispatchers() {
    var chart = Chart.with(Chart.values("everything"));
    var json = new JsonMapper();

    assertThat(chart.one("ServiceMonitor", "api").at("/spec/endpoints"))
        .isEqualTo(
            json.readTree(
                """
                [{"port": "http", "path": "/metrics", "interval": "30s",
                  "authorization": {"credentials": {"name": "metrics", "key": "token"}}}]
                """));
    assertThat(chart.one("PodMonitor", "dispatcher").at("/spec/podMetricsEndpoints"))
        .isEqualTo(
            json.readTree(
                """
                [{"port": "http", "path": "/metrics", "interval": "30s"}]
                """));
  }

  @Test
  void a_password_is_quoted_for_kafka() {
    var jaas =
        Chart.with(Chart.values("everything"))
            .one("Secret", "shared")
            .at("/data/kafka-jaas")
            .binaryValue();

    assertThat(new String(jaas, UTF_8))
        .isEqualTo(
            "org.apache.kafka.common.security.scram.ScramLoginModule required"
                + " username=\"acme\" password=\"with \\\"quotes\\\" and \\\\\";");
  }

  /// Each is put after the least that an installation needs.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "api: {replica: 3} | replica",
        "api: {replicas: two} | replicas",
        "replicaCount: 3 | replicaCount",
        "owner: {token: short} | token",
        "feed: {prefix: 'a b'} | prefix",
        "api: {terminationGracePeriodSeconds: 10} | terminationGracePeriodSeconds",
        "api: {preStopSeconds: 20} | api.terminationGracePeriodSeconds must be 50",
        "extraEnv: [{name: MUSTER_DEADLINES_RUN, value: 5}] | value",
        "ingress: {enabled: true} | Set ingress.hosts",
        "metrics: {monitors: {enabled: true}} | Set metrics.monitors.tokenSecret",
        "networkPolicy: {kafkaPorts: []} | kafkaPorts",
      })
  void what_cannot_be_is_refused(String values, String reason, @TempDir Path home)
      throws IOException {
    assertThatThrownBy(() -> Chart.with(after("least", values, home))).hasMessageContaining(reason);
  }

  @ParameterizedTest
  @CsvSource({
    "'kafka: {bootstrapServers: k:9092}', Set database.url",
    "'database: {url: \"jdbc:postgresql://db/muster\"}', Set kafka.bootstrapServers",
  })
  void what_is_missing_is_named(String values, String sentence, @TempDir Path home)
      throws IOException {
    var file = Files.writeString(home.resolve("values.yaml"), values);

    assertThatThrownBy(() -> Chart.with(file)).hasMessageContaining(sentence);
  }

  @Test
  void it_installs_the_version_that_is_built() throws IOException {
    Map<String, Object> chart =
        new Yaml().load(Files.readString(Chart.DIRECTORY.resolve("Chart.yaml")));
    var project = PROJECT_VERSION.matcher(Files.readString(Path.of("../pom.xml")));

    assertThat(project.find()).isTrue();
    assertThat(chart.get("appVersion")).isEqualTo(project.group(1));
  }

  private static Path after(String values, String more, Path home) throws IOException {
    var least = Files.readString(Chart.values(values));
    return Files.writeString(home.resolve("values.yaml"), least + more + "\n");
  }
}
