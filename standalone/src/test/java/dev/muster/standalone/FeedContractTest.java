package dev.muster.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.muster.events.EventType;
import dev.muster.events.Topics;
import io.cloudevents.CloudEvent;
import io.cloudevents.kafka.CloudEventDeserializer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The feed as somebody consumes it who knows CloudEvents, the published schemas, and nothing of
/// Muster's code.
class FeedContractTest {
  private static final Path SCHEMAS = Path.of("..", "docs", "schemas");
  private static final JsonMapper JSON = JsonMapper.shared();

  private final TestMuster muster = TestMuster.get();
  private final SchemaRegistry registry =
      SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);
  private final Map<String, Schema> schemas = new HashMap<>();

  @Test
  void everyEventIsACloudEventThatItsSchemaDescribes() {
    var world = World.create(muster, muster.api());
    var events = settled(world);

    var broken = new TreeMap<String, String>();
    for (var event : events) {
      assertThat(event.getSpecVersion().toString()).isEqualTo("1.0");
      assertThat(event.getDataContentType()).isEqualTo("application/json");
      assertThat(event.getId()).isEqualTo(world.workspace() + ":" + event.getExtension("position"));
      assertThat(event.getTime()).isNotNull();
      var errors = schema(event.getType()).validate(data(event), InputFormat.JSON);
      if (!errors.isEmpty()) {
        broken.put(event.getType(), errors + " in " + data(event));
      }
    }
    assertThat(broken).isEmpty();
    assertThat(events.stream().map(CloudEvent::getType)).contains("dev.muster.task.completed");
  }

  @Test
  void eachTypeHasASchema() {
    assertThat(EventType.values())
        .allSatisfy(type -> assertThat(schema("dev.muster." + type.wire())).isNotNull());
  }

  @Test
  void theTasksAreTheSameFromPostgresFromTheirEventsAndFromTheirLatestStates() {
    var world = World.create(muster, muster.api());
    var fromEvents = new TreeMap<String, JsonNode>();
    settled(world).stream()
        .filter(event -> event.getType().startsWith("dev.muster.task."))
        .forEach(event -> fromEvents.put(event.getSubject(), JSON.readTree(data(event))));
    var fromStates = new TreeMap<String, JsonNode>();
    read(Topics.TASKS, world.workspace())
        .forEach(event -> fromStates.put(event.getSubject(), JSON.readTree(data(event))));

    var fromPostgres = new TreeMap<String, JsonNode>();
    muster
        .db()
        .sql("SELECT id, task_event(task)::text AS facts FROM task WHERE workspace_id = :w")
        .param("w", world.workspace())
        .query(row -> {
          fromPostgres.put(row.getString("id"), JSON.readTree(row.getString("facts")));
        });
    assertThat(fromEvents).isEqualTo(fromPostgres).hasSizeGreaterThan(3);
    assertThat(fromStates).isEqualTo(fromPostgres);
  }

  private Schema schema(String type) {
    var family = type.substring("dev.muster.".length()).split("\\.", 2)[0];
    return schemas.computeIfAbsent(
        family,
        name -> {
          try {
            return registry.getSchema(
                Files.readString(SCHEMAS.resolve(name + ".json")), InputFormat.JSON);
          } catch (IOException e) {
            throw new IllegalStateException("there is no schema for " + type, e);
          }
        });
  }

  /// The workspace's events, all of them.
  private List<CloudEvent> settled(World world) {
    var events = new ArrayList<CloudEvent>();
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> {
          events.clear();
          events.addAll(read(Topics.EVENTS, world.workspace()));
          return events.size() == head(world.workspace());
        });
    return events;
  }

  private int head(UUID workspace) {
    return muster
        .db()
        .sql(
            """
            SELECT position + (SELECT count(*) FROM outbox WHERE workspace_id = :w)
              FROM feed_position WHERE workspace_id = :w
            """)
        .param("w", workspace)
        .query(Integer.class)
        .optional()
        .orElse(-1);
  }

  private static List<CloudEvent> read(String topic, UUID workspace) {
    Map<String, Object> settings =
        Map.of("bootstrap.servers", TestServers.get().kafka(), "isolation.level", "read_committed");
    var events = new ArrayList<CloudEvent>();
    try (var consumer =
        new KafkaConsumer<>(settings, new StringDeserializer(), new CloudEventDeserializer())) {
      var partitions =
          consumer.partitionsFor(topic).stream()
              .map(info -> new TopicPartition(info.topic(), info.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      var ends = consumer.endOffsets(partitions);
      while (partitions.stream().anyMatch(p -> consumer.position(p) < ends.getOrDefault(p, 0L))) {
        for (var record : consumer.poll(Duration.ofMillis(100))) {
          if (record.value().getSource().toString().equals("/workspaces/" + workspace)) {
            events.add(record.value());
          }
        }
      }
    }
    return events;
  }

  private static String data(CloudEvent event) {
    var data = event.getData();
    return data == null ? "" : new String(data.toBytes(), StandardCharsets.UTF_8);
  }
}
