package dev.muster.events.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.events.FeedNames;
import dev.muster.events.kafka.Rule.Whose;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.kafka.autoconfigure.KafkaProperties;

/// Whose settings count for each Kafka client, and that the table in the documentation says so.
class KafkaClientsTest {
  private static final Path TABLE = Path.of("..", "docs", "deploy.md");

  /// A row of the table.
  private record Row(String client, String setting, String value, Whose whose) {}

  @Test
  void theDocumentationHasEachOfTheRules() throws IOException {
    var rules =
        Arrays.stream(FeedClient.values())
            .flatMap(client ->
                client.rules().stream()
                    .map(rule -> new Row(word(client), rule.setting(), shown(rule), rule.whose())))
            .collect(Collectors.toSet());
    var rows =
        Files.readAllLines(TABLE).stream()
            .dropWhile(line -> !line.startsWith("| setting | of |"))
            .skip(2)
            .takeWhile(line -> line.startsWith("|"))
            .map(line -> line.split(" *\\| *"))
            .flatMap(cells ->
                Arrays.stream(cells[1].split(", "))
                    .flatMap(setting ->
                        Arrays.stream(cells[2].split(", "))
                            .map(client ->
                                new Row(
                                    client,
                                    setting.replace("`", ""),
                                    cells[3].replace("`", ""),
                                    whose(cells[4])))))
            .collect(Collectors.toSet());

    assertThat(rows).containsExactlyInAnyOrderElementsOf(rules);
  }

  private static String word(FeedClient client) {
    return client.name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }

  private static String shown(Rule rule) {
    return rule.whose() == Whose.NOBODYS
        ? "–"
        : rule.value() instanceof Class<?> type
            ? type.getSimpleName()
            : rule.text().equals("2147483647") ? "for ever" : rule.text();
  }

  private static Whose whose(String word) {
    return switch (word) {
      case "Muster's" -> Whose.MUSTERS;
      case "yours" -> Whose.USERS;
      case "nobody's" -> Whose.NOBODYS;
      default -> throw new IllegalArgumentException(word);
    };
  }

  /// Sets every setting that there is a rule for to something else.
  @ParameterizedTest
  @EnumSource
  void eachRuleHoldsAgainstAUserWhoSetsEverything(FeedClient client) {
    var kafka = kafka();
    var users = new TreeMap<String, String>();
    for (var rule : client.rules()) {
      users.put(rule.setting(), "users-" + rule.setting());
    }
    kafka.getConsumer().getProperties().putAll(users);
    kafka.getProducer().getProperties().putAll(users);
    kafka.getProducer().getProperties().put("interceptor.classes", "users");
    kafka.getConsumer().getProperties().put("interceptor.classes", "users");
    var settings = settings(new KafkaClients(kafka, new FeedNames("acme")), client);

    for (var rule : client.rules()) {
      var actual = settings.get(rule.setting());
      switch (rule.whose()) {
        case USERS -> assertThat(actual).isEqualTo("users-" + rule.setting());
        case NOBODYS -> assertThat(settings).doesNotContainKey(rule.setting());
        case MUSTERS ->
            assertThat(actual)
                .isEqualTo(
                    rule.setting().equals(ProducerConfig.TRANSACTIONAL_ID_CONFIG)
                        ? "acme-publisher-0"
                        : rule.setting().equals(ConsumerConfig.GROUP_ID_CONFIG)
                            ? "acme-dispatcher"
                            : rule.value());
      }
    }
    assertThat(settings).containsEntry("interceptor.classes", "users");
  }

  @ParameterizedTest
  @EnumSource
  void whereTheUserSaysNothingMustersValuesAreThere(FeedClient client) {
    var settings = settings(new KafkaClients(kafka(), FeedNames.DEFAULT), client);

    for (var rule : client.rules()) {
      if (rule.whose() == Whose.USERS) {
        assertThat(settings).containsEntry(rule.setting(), rule.value());
      }
    }
    assertThat(String.valueOf(settings.get("client.id"))).startsWith("muster-");
  }

  private static Map<String, Object> settings(KafkaClients clients, FeedClient client) {
    return switch (client) {
      case WRITER -> clients.writer("0");
      case DEAD_LETTERS, OUTPUT, TOOL_WRITER -> clients.producer(client, "some");
      case TAKEOVER, READER, DISPATCHER, TOOL_READER -> clients.consumer(client, "some");
    };
  }

  /// Each of these alone would make Kafka's producer refuse Muster's own values of the others.
  @ParameterizedTest
  @EnumSource(names = {"WRITER", "DEAD_LETTERS", "OUTPUT", "TOOL_WRITER"})
  void whatTheUserSetsAloneLeavesAProducerThatCanBeMade(FeedClient client) {
    var sets =
        List.of(
            Map.of("request.timeout.ms", "60000"),
            Map.of("linger.ms", "30000"),
            Map.of("enable.idempotence", "true"),
            Map.of("acks", "0"),
            Map.of("retries", "0"),
            Map.of("max.in.flight.requests.per.connection", "10"),
            Map.of("client.id", "mine"));
    for (var set : sets) {
      var kafka = kafka();
      kafka.getProducer().getProperties().putAll(set);
      try (var producer =
          new KafkaProducer<byte[], byte[]>(
              settings(new KafkaClients(kafka, FeedNames.DEFAULT), client))) {
        assertThat(producer.metrics()).isNotEmpty();
      }
    }
  }

  @Test
  void whatDoesNotCountIsSaidInALine() {
    var kafka = kafka();
    kafka.getProducer().setAcks("1");
    kafka.getProducer().getProperties().put("enable.idempotence", "false");
    kafka.getProducer().setCompressionType("zstd");
    kafka.getConsumer().setEnableAutoCommit(true);
    kafka.getConsumer().setGroupId("mine");
    var clients = new KafkaClients(kafka, FeedNames.DEFAULT);

    assertThat(
            clients.overruled(name -> name.endsWith("isolation-level") ? "read_uncommitted" : null))
        .hasValue(
            "Of the settings for Kafka's clients these do not count, since guarantees rest on Muster's: acks=1 (all),"
                + " enable.auto.commit=true (false), enable.idempotence=false (true), group.id=mine"
                + " (<prefix>-dispatcher), isolation.level=read_uncommitted (read_committed) (docs/deploy.md says why)");
  }

  @Test
  void whatIsAsMusterWantsItIsNotSaid() {
    var kafka = kafka();
    kafka.getProducer().setAcks("-1");
    kafka.getProducer().setCompressionType("zstd");
    kafka.getConsumer().setEnableAutoCommit(false);
    var clients = new KafkaClients(kafka, FeedNames.DEFAULT);

    assertThat(clients.overruled(_ -> null)).isEmpty();
    assertThat(clients.overruled(_ -> "read-committed")).isEmpty();
  }

  @Test
  void noTwoClientsOfAProcessHaveOneIdUnlessTheUserSaysSo() {
    var clients = new KafkaClients(kafka(), new FeedNames("acme"));
    var ids = new TreeSet<String>();
    for (var i = 0; i < 3; i++) {
      ids.add(String.valueOf(clients.admin().get("client.id")));
      ids.add(String.valueOf(clients.writer("0").get("client.id")));
    }
    assertThat(ids).hasSize(6).allMatch(id -> id.startsWith("acme-"));

    var named = kafka();
    named.setClientId("mine");
    assertThat(new KafkaClients(named, FeedNames.DEFAULT).admin())
        .containsEntry("client.id", "mine");
  }

  private static KafkaProperties kafka() {
    var kafka = new KafkaProperties();
    kafka.setBootstrapServers(List.of("localhost:1"));
    return kafka;
  }
}
