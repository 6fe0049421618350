package dev.muster.standalone;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.events.FeedNames;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/// The consumers that the documentation gives to start from, run as they stand there.
@Tag("faults")
class ExampleConsumersTest {
  private static final Path EXAMPLES = Path.of("..", "docs", "examples");

  private final TestMuster muster = TestMuster.get();
  private World world = World.create(muster, muster.api());
  private String database = "";
  private JdbcClient theirs = muster.db();

  /// The consumer's own database, beside Muster's.
  @BeforeEach
  void aDatabaseOfItsOwn() {
    var name = "analytics_" + UUID.randomUUID().toString().replace("-", "");
    muster.db().sql("CREATE DATABASE " + name).update();
    database = TestServers.get().jdbcUrl().replaceFirst("(//[^/]+/)[^?]*", "$1" + name);
    theirs = JdbcClient.create(new DriverManagerDataSource(database));
    muster.feed().complete(muster, world.workspace());
  }

  @AfterEach
  void dropIt() {
    var name = database.replaceFirst(".*//[^/]+/([^?]*).*", "$1");
    muster.db().sql("DROP DATABASE " + name + " WITH (FORCE)").update();
  }

  private record Row(long tasks, long millis) {}

  @Test
  void thePlainConsumerKeepsItsTableHoweverOftenEventsAreDelivered() throws Exception {
    consume();
    assertThat(table("SELECT agent_id::text, tasks, seconds FROM duration_per_agent"))
        .containsAllEntriesOf(expected())
        .isNotEmpty();

    // It has lost its place in Kafka, and everything is delivered to it again.
    forgetOffsets();
    consume();
    assertThat(table("SELECT agent_id::text, tasks, seconds FROM duration_per_agent"))
        .containsAllEntriesOf(expected());
  }

  private void consume() throws IOException, InterruptedException {
    var process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                EXAMPLES.resolve("DurationsPerAgent.java").toString(),
                TestServers.get().kafka(),
                database,
                "once")
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.INHERIT)
            .start();
    assertThat(process.waitFor(90, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isZero();
  }

  private static void forgetOffsets() throws Exception {
    Map<String, Object> settings = Map.of("bootstrap.servers", TestServers.get().kafka());
    try (var admin = org.apache.kafka.clients.admin.Admin.create(settings)) {
      admin.deleteConsumerGroups(java.util.List.of("durations-per-agent")).all().get();
    }
  }

  @Test
  void oneQueryOverASinksTableSaysTheSame() throws IOException {
    theirs
        .sql(
            """
            CREATE TABLE muster_events (__connect_topic text, __connect_partition int, __connect_offset bigint, ce_type text, value jsonb,
                                        PRIMARY KEY (__connect_topic, __connect_partition, __connect_offset))
            """)
        .update();
    // A sink delivers at least once: here everything twice.
    sink();
    sink();

    assertThat(table(Files.readString(EXAMPLES.resolve("durations.sql"))))
        .containsAllEntriesOf(expected())
        .isNotEmpty();
  }

  private void sink() {
    WholeTopic.read(
        TestServers.get().kafka(),
        FeedNames.DEFAULT.events(),
        new StringDeserializer(),
        this::sink);
  }

  private void sink(ConsumerRecord<String, String> record) {
    if (!record.key().equals(world.workspace().toString())) {
      return;
    }
    theirs
        .sql(
            """
            INSERT INTO muster_events VALUES (:topic, :partition, :offset, :type, :value::jsonb)
            ON CONFLICT DO NOTHING
            """)
        .param("topic", record.topic())
        .param("partition", record.partition())
        .param("offset", record.offset())
        .param("type", new String(record.headers().lastHeader("ce_type").value(), UTF_8))
        .param("value", record.value())
        .update();
  }

  /// What Muster's own table says of the agents of this test's workspace.
  private Map<String, Row> expected() {
    return rows(
        muster.db(),
        """
        SELECT agent_id::text, count(*), sum(extract(epoch FROM completed_at - started_at))::float8 AS seconds
          FROM task
         WHERE status IN ('completed', 'failed', 'cancelled') AND started_at IS NOT NULL AND workspace_id = '%s'
         GROUP BY 1
        """
            .formatted(world.workspace()));
  }

  private Map<String, Row> table(String sql) {
    return rows(theirs, sql);
  }

  private static Map<String, Row> rows(JdbcClient db, String sql) {
    var rows = new TreeMap<String, Row>();
    db.sql(sql)
        .query((row, _) ->
            Map.entry(
                row.getString(1), new Row(row.getLong(2), Math.round(row.getDouble(3) * 1_000))))
        .list()
        .forEach(entry -> rows.put(entry.getKey(), entry.getValue()));
    return rows;
  }
}
