package dev.muster.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.muster.api.ApiProperties;
import dev.muster.api.edge.Quotas;
import dev.muster.events.FeedNames;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.handler.NoUnboundElementsBindHandler;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.env.MapPropertySource;
import org.springframework.util.unit.DataSize;

class SettingsTest {
  @Test
  void an_empty_environment_gives_the_defaults() {
    assertThat(Settings.of(Map.of(), Set.of()))
        .isEqualTo(
            new Settings(
                Path.of("data").toAbsolutePath(),
                Optional.empty(),
                0,
                Optional.empty(),
                Optional.empty(),
                FeedNames.DEFAULT,
                new Reserve(DataSize.ofMegabytes(512))));
  }

  @Test
  void what_is_set_is_read() {
    var environment =
        Map.of(
            "MUSTER_DATA", "/var/lib/muster/../muster",
            "MUSTER_TOKEN", "a-token-of-some-length",
            "MUSTER_KAFKA_PORT", "9092",
            "MUSTER_DATA_RESERVE", "2GB",
            "MUSTER_FEED_PREFIX", "acme.muster",
            "SPRING_DATASOURCE_URL", "jdbc:postgresql://db/muster",
            "SPRING_KAFKA_BOOTSTRAP_SERVERS", "kafka:9092");

    assertThat(Settings.of(environment, Set.of()))
        .isEqualTo(
            new Settings(
                Path.of("/var/lib/muster"),
                Optional.of("a-token-of-some-length"),
                9092,
                Optional.of("jdbc:postgresql://db/muster"),
                Optional.of("kafka:9092"),
                new FeedNames("acme.muster"),
                new Reserve(DataSize.ofGigabytes(2))));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"MUSTER_TOKEN", "SPRING_DATASOURCE_URL", "SPRING_KAFKA_BOOTSTRAP_SERVERS"})
  void a_variable_that_is_blank_counts_as_not_set(String variable) {
    assertThat(Settings.of(Map.of(variable, " "), Set.of()))
        .isEqualTo(Settings.of(Map.of(), Set.of()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "MUSTER_JAVA_OPTIONS",
        "MUSTER_URL",
        "MUSTER_API_ALLOWEDORIGINS",
        "MUSTER_SERVICE_HOST",
        "MUSTER_PORT_8080_TCP",
        "MUSTER_API_SERVICE_HOST",
        "MUSTER_API_SERVICE_PORT_HTTP",
        "MUSTER_API_PORT_8080_TCP_ADDR",
        "MUSTER_KAFKA_SERVICE_PORT",
        "MUSTER_TASK_ID",
        "MUSTER_RUN",
        "PATH"
      })
  void a_variable_for_somebody_else_is_let_pass(String variable) {
    assertThat(Settings.of(Map.of(variable, "x"), Set.of())).isNotNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"MUSTER_KAFKA_PORT", "MUSTER_API_PORT", "MUSTER_PORT"})
  void an_address_of_kubernetes_is_no_port(String variable) {
    assertThat(Settings.of(Map.of(variable, "tcp://10.0.0.7:9092"), Set.of()))
        .isEqualTo(Settings.of(Map.of(), Set.of()));
  }

  @ParameterizedTest
  @CsvSource({
    "start, --nope, ./muster start knows no --nope; it takes settings",
    "start, here, ./muster start knows no here;",
    "api, --server.port, ./muster api knows no --server.port;",
    "demo, --port=80, ./muster demo knows no --port;",
  })
  void an_option_that_is_unknown_is_named(String command, String argument, String sentence) {
    assertThat(Settings.complaint(command, List.of(argument)).orElseThrow()).startsWith(sentence);
  }

  @Test
  void settings_of_spring_and_of_muster_are_no_options() {
    assertThat(
            Settings.complaint(
                "start", List.of("--server.port=0", "--muster.api.token=x", "--spring.a.b=c")))
        .isEmpty();
  }

  @Test
  void a_second_installation_is_not_made_in_silence(@TempDir Path home) throws IOException {
    var environment = Map.of("MUSTER_HOME", home.toString());
    Settings.requireTheOne(environment);
    Files.createDirectories(home.resolve("data"));
    Files.writeString(home.resolve("data/token"), "mul_1");

    assertThatThrownBy(() -> Settings.requireTheOne(environment))
        .isInstanceOf(Sentence.class)
        .hasMessageContaining("and one in " + home.resolve("data"));
    Settings.requireTheOne(Map.of("MUSTER_HOME", home.toString(), "MUSTER_DATA", "data"));
  }

  @ParameterizedTest
  @CsvSource({
    "MUSTER_DATA_RESERVE, much, 'MUSTER_DATA_RESERVE is much, which is no size'",
    "MUSTER_DATA_RESERVE, 512, 'MUSTER_DATA_RESERVE is 512, which is no size'",
    "MUSTER_DATA_RESERVE, -1MB, 'MUSTER_DATA_RESERVE is -1MB, which is no size'",
    "MUSTER_NOPE, 1, The setting MUSTER_NOPE is unknown",
    "MUSTER_KAFKA_PORT, abc, 'MUSTER_KAFKA_PORT is abc, which is not a port'",
    "MUSTER_KAFKA_PORT, -1, 'MUSTER_KAFKA_PORT is -1, which is not a port'",
    "MUSTER_KAFKA_PORT, 65536, 'MUSTER_KAFKA_PORT is 65536, which is not a port'",
    "MUSTER_TOKEN, short, MUSTER_TOKEN must have at least 16 characters",
    "MUSTER_TOKEN, pässwörter-lang-und-gut, MUSTER_TOKEN has a character that no header can have",
    "MUSTER_TOKEN, 'abcdefghijklmnop qrst', MUSTER_TOKEN has a character that no header can have"
  })
  void a_variable_that_cannot_be_is_refused_in_a_sentence(
      String variable, String value, String sentence) {
    assertThatThrownBy(() -> Settings.of(Map.of(variable, value), Set.of()))
        .satisfies(refusal -> assertThat(StartupFailure.told(refusal)).startsWith(sentence));
  }

  @Test
  void an_unknown_property_is_refused_and_a_known_one_is_not() {
    assertThat(Settings.of(Map.of(), Set.of("muster.api.token", "server.port"))).isNotNull();
    assertThatThrownBy(() -> Settings.of(Map.of(), Set.of("muster.nope")))
        .isInstanceOf(Sentence.class)
        .hasMessageStartingWith("The setting muster.nope is unknown; Muster knows muster.api.");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "MUSTER_DEADLINES_IDLE",
        "MUSTER_API_SOCKETS_PERWORKSPACE",
        "MUSTER_API_QUOTAS_SCHEDULES",
        "MUSTER_API_QUOTAS_STORAGE",
        "MUSTER_WEBHOOKS_ALLOWPRIVATE"
      })
  void each_property_may_be_set_by_its_variable(String variable) {
    assertThat(Settings.of(Map.of(variable, "60"), Set.of())).isNotNull();
  }

  /// What stands on the command line must all be bound, unlike what is in the environment.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "runtimes",
        "agents",
        "skills",
        "comments",
        "schedules",
        "webhooks",
        "tokens",
        "storage"
      })
  void a_quota_may_be_set_by_an_option(String quota) {
    var name = "muster.api.quotas." + quota;

    assertThat(Settings.of(Map.of(), Set.of(name))).isNotNull();
    assertThat(bound(Map.of(name, "7")).quotas()).hasToString(quotas(quota, "7"));
  }

  private static String quotas(String other, String value) {
    return Quotas.DEFAULT
        .toString()
        .replaceFirst(
            "\\b" + other + "=\\w+", other + "=" + value + (other.equals("storage") ? "B" : ""));
  }

  @ParameterizedTest
  @CsvSource({
    "storage, 0B, muster.api.quotas.* must be at least 1",
    "storage, -1GB, muster.api.quotas.* must be at least 1",
    "storage, much, 'The setting muster.api.quotas.storage (MUSTER_API_QUOTAS_STORAGE) is much, which is no size'",
    "agents, 0, muster.api.quotas.* must be at least 1",
    "nope, 1, The setting muster.api.quotas.nope is unknown"
  })
  void a_quota_that_cannot_be_is_refused_in_a_sentence(
      String quota, String value, String sentence) {
    assertThatThrownBy(() -> bound(Map.of("muster.api.quotas." + quota, value)))
        .satisfies(refusal -> assertThat(StartupFailure.told(refusal)).startsWith(sentence));
  }

  @ParameterizedTest
  @CsvSource({
    "muster.feed.retention, 7, 7d",
    "muster.feed.retention, -7, P7D",
    "muster.deadlines.reconnect-grace, 300, 0",
    "muster.webhooks.retry-for, 3, 3d",
    "muster.api.quotas.storage, 100, 100GB",
  })
  void a_time_or_size_has_a_unit(String setting, String without, String with) {
    var context = new GenericApplicationContext();
    var set = new HashMap<String, Object>();
    context.getEnvironment().getPropertySources().addFirst(new MapPropertySource("set", set));
    set.put(setting, with);
    Units.require(context);
    set.put(setting, without);

    assertThatThrownBy(() -> Units.require(context))
        .isInstanceOf(Sentence.class)
        .hasMessageStartingWith(
            "The setting %s (%s) is %s, a number without a unit; write "
                .formatted(setting, Units.variable(setting), without));
  }

  private static ApiProperties bound(Map<String, String> options) {
    return new Binder(new MapConfigurationPropertySource(options))
        .bind(
            "muster.api",
            Bindable.of(ApiProperties.class),
            new NoUnboundElementsBindHandler(BindHandler.DEFAULT))
        .get();
  }

  @ParameterizedTest
  @ValueSource(strings = {"OTEL_EXPORTER_OTLP_PROTOCOL", "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL"})
  void an_export_by_grpc_is_refused_where_there_is_an_export(String name) {
    var exporting = Map.of(name, "grpc", "OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:4317");

    assertThatThrownBy(() -> Settings.of(exporting, Set.of()))
        .isInstanceOf(Sentence.class)
        .hasMessageStartingWith(name + " is grpc");
    assertThat(Settings.of(Map.of(name, "grpc"), Set.of())).isNotNull();
  }

  @ParameterizedTest
  @CsvSource({
    "OTEL_EXPORTER_OTLP_PROTOCOL, OTEL_EXPORTER_OTLP_TRACES_PROTOCOL",
    "OTEL_EXPORTER_OTLP_LOGS_PROTOCOL, OTEL_EXPORTER_OTLP_PROTOCOL",
  })
  void grpc_that_does_not_count_for_an_export_is_taken(String grpc, String http) {
    var environment =
        Map.of(
            grpc,
            "grpc",
            http,
            "http/protobuf",
            "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
            "http://collector:4318/v1/traces");

    assertThat(Settings.of(environment, Set.of())).isNotNull();
  }
}
