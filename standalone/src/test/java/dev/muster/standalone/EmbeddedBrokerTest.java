package dev.muster.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.GroupAuthorizationException;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.common.security.auth.KafkaPrincipal;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What others on the machine may do with the embedded Kafka.
class EmbeddedBrokerTest {
  private static final String TOPIC = "muster.events";

  private @TempDir Path directory = Path.of("");

  private static Throwable root(Throwable thrown) {
    var cause = thrown.getCause();
    return cause == null ? thrown : root(cause);
  }

  @Test
  void who_does_not_log_in_may_read_and_not_write() throws Exception {
    try (var broker = TestBroker.startGuarded(directory.resolve("kafka"), Map.of())) {
      var muster = settings(broker.clientSettings());
      var anybody = settings(Map.of("bootstrap.servers", broker.address()));
      try (var admin = Admin.create(muster)) {
        admin.createTopics(List.of(new NewTopic(TOPIC, 1, (short) 1))).all().get();
      }
      send(muster, Map.of("transactional.id", "muster-publisher-0"));

      assertThat(read(anybody, "analytics")).hasSize(1);
      assertThatThrownBy(() -> read(anybody, "muster-dispatcher"))
          .isInstanceOf(GroupAuthorizationException.class);
      for (var producer :
          List.of(
              Map.<String, Object>of(),
              Map.<String, Object>of("enable.idempotence", "false"),
              Map.<String, Object>of("transactional.id", "muster-publisher-0"))) {
        assertThatThrownBy(() -> send(anybody, producer))
            .extracting(EmbeddedBrokerTest::root)
            .isInstanceOf(AuthorizationException.class);
      }
      try (var admin = Admin.create(anybody)) {
        assertThatThrownBy(() -> admin.deleteTopics(List.of(TOPIC)).all().get())
            .hasRootCauseInstanceOf(AuthorizationException.class);
      }
      assertThatThrownBy(
              () -> {
                var guessed = new HashMap<>(muster);
                guessed.compute(
                    "sasl.jaas.config",
                    (_, login) ->
                        String.valueOf(login).replaceAll("password=\"[^\"]*\"", "password=\"x\""));
                read(guessed, "analytics");
              })
          .isInstanceOf(org.apache.kafka.common.errors.SaslAuthenticationException.class);
      assertThat(read(anybody, "analytics-again")).hasSize(1);
    }
  }

  @Test
  void a_first_start_that_was_cut_off_is_begun_anew_and_later_ones_keep_what_is_there()
      throws Exception {
    var kafka = directory.resolve("kafka");
    Files.createDirectories(directory.resolve("kafka.part"));
    Files.createDirectories(kafka);
    Files.writeString(kafka.resolve("bootstrap.checkpoint"), "torn");
    try (var broker = TestBroker.startGuarded(kafka, Map.of());
        var admin = Admin.create(settings(broker.clientSettings()))) {
      admin.createTopics(List.of(new NewTopic(TOPIC, 1, (short) 1))).all().get();
    }

    try (var broker = TestBroker.startGuarded(kafka, Map.of());
        var admin = Admin.create(settings(Map.of("bootstrap.servers", broker.address())))) {
      assertThat(admin.listTopics().names().get()).contains(TOPIC);
    }
  }

  @Test
  void records_without_the_file_that_says_whose_they_are_are_not_deleted() throws IOException {
    var records = Files.createDirectories(directory.resolve("kafka/muster.events-0"));

    assertThatThrownBy(() -> TestBroker.startGuarded(directory.resolve("kafka"), Map.of()))
        .isInstanceOf(Sentence.class)
        .hasMessageContaining("no meta.properties");
    assertThat(records).exists();
  }

  @ParameterizedTest
  @CsvSource({
    "READ, TOPIC, muster.events, true",
    "DESCRIBE, TOPIC, muster.events, true",
    "DESCRIBE_CONFIGS, TOPIC, muster.events, true",
    "WRITE, TOPIC, muster.events, false",
    "WRITE, TOPIC, mine, false",
    "CREATE, TOPIC, mine, false",
    "DELETE, TOPIC, muster.events, false",
    "ALTER, TOPIC, muster.events, false",
    "ALTER_CONFIGS, TOPIC, muster.events, false",
    "READ, TOPIC, __consumer_offsets, false",
    "READ, GROUP, analytics, true",
    "DELETE, GROUP, analytics, false",
    "READ, GROUP, muster-dispatcher, false",
    "DESCRIBE, CLUSTER, kafka-cluster, true",
    "IDEMPOTENT_WRITE, CLUSTER, kafka-cluster, false",
    "CLUSTER_ACTION, CLUSTER, kafka-cluster, false",
    "ALTER, CLUSTER, kafka-cluster, false",
    "CREATE, CLUSTER, kafka-cluster, false",
    "DESCRIBE, TRANSACTIONAL_ID, muster-publisher-0, false",
    "WRITE, TRANSACTIONAL_ID, mine, false",
    "CREATE_TOKENS, USER, muster, false",
    "DESCRIBE, DELEGATION_TOKEN, t, false",
  })
  void the_rule(AclOperation operation, ResourceType type, String name, boolean forAnybody) {
    var what = new ResourcePattern(type, name, PatternType.LITERAL);

    assertThat(new BrokerAccess().permits(KafkaPrincipal.ANONYMOUS, operation, what))
        .isEqualTo(forAnybody);
    assertThat(new BrokerAccess().permits(new KafkaPrincipal("User", "muster"), operation, what))
        .isTrue();
  }

  private static Map<String, Object> settings(Map<String, String> client) {
    var settings = new HashMap<String, Object>(client);
    settings.put("key.serializer", StringSerializer.class);
    settings.put("value.serializer", StringSerializer.class);
    settings.put("key.deserializer", StringDeserializer.class);
    settings.put("value.deserializer", StringDeserializer.class);
    settings.put("auto.offset.reset", "earliest");
    settings.put("max.block.ms", "20000");
    return settings;
  }

  private static void send(Map<String, Object> client, Map<String, Object> more) throws Exception {
    var settings = new HashMap<>(client);
    settings.putAll(more);
    try (var producer = new KafkaProducer<String, String>(settings)) {
      var isTransactional = more.containsKey("transactional.id");
      if (isTransactional) {
        producer.initTransactions();
        producer.beginTransaction();
      }
      var sent = producer.send(new ProducerRecord<>(TOPIC, "key", "value"));
      if (isTransactional) {
        producer.commitTransaction();
      }
      sent.get();
    }
  }

  private static List<ConsumerRecord<String, String>> read(
      Map<String, Object> client, String group) {
    var settings = new HashMap<>(client);
    settings.put("group.id", group);
    try (var consumer = new KafkaConsumer<String, String>(settings)) {
      var partition = new TopicPartition(TOPIC, 0);
      consumer.assign(List.of(partition));
      var records = consumer.poll(Duration.ofSeconds(20)).records(partition);
      consumer.commitSync();
      return records;
    }
  }
}
