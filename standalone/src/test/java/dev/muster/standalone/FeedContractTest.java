package dev.muster.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.muster.events.FeedNames;
import dev.muster.standalone.contract.Contract;
import io.cloudevents.CloudEvent;
import io.cloudevents.kafka.CloudEventDeserializer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The feed as somebody consumes it who knows CloudEvents, the published schemas, and nothing of
/// Muster's code.
class FeedContractTest {
  private static final JsonMapper JSON = JsonMapper.shared();

  private final TestMuster muster = TestMuster.get();

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
      var errors = Contract.errors(event.getType().substring("dev.muster.".length()), data(event));
      if (!errors.isEmpty()) {
        broken.put(event.getType(), errors + " in " + data(event));
      }
    }
    assertThat(broken).isEmpty();
    assertThat(events.stream().map(CloudEvent::getType)).contains("dev.muster.task.completed");
  }

  @Test
  void theTasksAreTheSameFromPostgresFromTheirEventsAndFromTheirLatestStates() {
    var world = World.create(muster, muster.api());
    var fromEvents = new TreeMap<String, JsonNode>();
    settled(world).stream()
        .filter(event -> event.getType().startsWith("dev.muster.task."))
        .forEach(event -> fromEvents.put(event.getSubject(), JSON.readTree(data(event))));
    var fromStates = new TreeMap<String, JsonNode>();
    read(FeedNames.DEFAULT.tasks(), world.workspace())
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

  /// Whatever a task is deleted with, it says so itself, and its latest state is nothing.
  @ParameterizedTest
  @ValueSource(
      strings = {"/api/issues/{issue}", "/api/agents/{agent}", "/api/workspaces/{workspace}"})
  void aTaskThatIsDeletedLeavesATombstone(String path) {
    var world = World.create(muster, muster.api());
    var before = new TreeSet<>(tasks(world));
    muster.api().delete(world.fill(path)).ok();
    var gone = new TreeSet<>(before);
    gone.removeAll(tasks(world));
    assertThat(gone).isNotEmpty();

    var last = new TreeMap<String, String>();
    for (var event : settled(world)) {
      if (event.getType().startsWith("dev.muster.task.")) {
        last.put(event.getSubject(), event.getType());
      }
    }
    assertThat(
            last.entrySet().stream()
                .filter(task -> task.getValue().equals("dev.muster.task.deleted"))
                .map(Map.Entry::getKey))
        .containsExactlyElementsOf(gone);
    assertThat(tombstones(world)).isEqualTo(gone);
    var states = new TreeSet<String>();
    read(FeedNames.DEFAULT.tasks(), world.workspace())
        .forEach(event -> states.add(event.getSubject()));
    states.removeAll(gone);
    before.removeAll(gone);
    assertThat(states).isEqualTo(before);
    muster.feed().complete(muster, world.workspace());
  }

  private List<String> tasks(World world) {
    return muster
        .db()
        .sql("SELECT id::text FROM task WHERE workspace_id = :w")
        .param("w", world.workspace())
        .query((row, _) -> row.getString(1))
        .list();
  }

  /// The workspace's events, all of them, when the table of tasks has them too.
  private List<CloudEvent> settled(World world) {
    var events = new ArrayList<CloudEvent>();
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> {
          events.clear();
          events.addAll(read(FeedNames.DEFAULT.events(), world.workspace()));
          return events.size() == head(world.workspace());
        });
    var end = muster.db().sql("SELECT head FROM feed").query(Long.class).single();
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() ->
            muster.db().sql("SELECT log_id FROM feed_task_table").query(Long.class).single()
                >= end);
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
    var events = new ArrayList<CloudEvent>();
    WholeTopic.read(
        TestServers.get().kafka(),
        topic,
        new CloudEventDeserializer(),
        record -> {
          // A tombstone has headers and no value.
          if (record.value() != null
              && record.value().getSource().toString().equals("/workspaces/" + workspace)) {
            events.add(record.value());
          }
        });
    return events;
  }

  /// The tasks of which the last that `muster.tasks` has is nothing.
  private static Set<String> tombstones(World world) {
    var latest = new TreeMap<String, ConsumerRecord<String, String>>();
    WholeTopic.read(
        TestServers.get().kafka(),
        FeedNames.DEFAULT.tasks(),
        new StringDeserializer(),
        record -> latest.put(record.key(), record));
    return latest.values().stream()
        .filter(record -> record.value() == null)
        .filter(record ->
            new String(record.headers().lastHeader("ce_source").value(), StandardCharsets.UTF_8)
                .equals("/workspaces/" + world.workspace()))
        .map(ConsumerRecord::key)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static String data(CloudEvent event) {
    var data = event.getData();
    return data == null ? "" : new String(data.toBytes(), StandardCharsets.UTF_8);
  }
}
