import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.StringDeserializer;

/**
 * Keeps a table of how long each agent's tasks ran: an example of a consumer that counts each event once, however often it
 * is delivered. It needs kafka-clients and a JDBC driver for its own Postgres, and nothing of Muster:
 *
 * <pre>java -cp 'kafka-clients.jar:slf4j-api.jar:lz4.jar:postgresql.jar' DurationsPerAgent.java localhost:9092 'jdbc:postgresql://localhost/me'</pre>
 *
 * A third argument, `once`, ends it when it has read what there was.
 */
public class DurationsPerAgent {
  static final String TABLES =
      """
      CREATE TABLE IF NOT EXISTS duration_per_agent (agent_id uuid PRIMARY KEY, tasks bigint NOT NULL, seconds float8 NOT NULL);
      CREATE TABLE IF NOT EXISTS taken (workspace_id text PRIMARY KEY, position bigint NOT NULL);
      """;

  public static void main(String[] arguments) throws SQLException {
    var settings =
        Map.<String, Object>of(
            "bootstrap.servers", arguments[0],
            "group.id", "durations-per-agent",
            "isolation.level", "read_committed",
            "auto.offset.reset", "earliest",
            "enable.auto.commit", false);
    try (var consumer = new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer());
        var db = DriverManager.getConnection(arguments[1])) {
      db.setAutoCommit(false);
      db.createStatement().execute(TABLES);
      db.commit();
      consumer.subscribe(List.of("muster.events"));
      var ends = arguments.length > 2;
      while (true) {
        var records = consumer.poll(Duration.ofSeconds(1));
        for (var record : records) {
          take(db, record);
        }
        // First what was made of the events, then that they are done with: a crash in between delivers them again.
        db.commit();
        consumer.commitSync();
        if (ends && !consumer.assignment().isEmpty() && isAtEnd(consumer)) {
          return;
        }
      }
    }
  }

  static void take(Connection db, ConsumerRecord<String, String> record) throws SQLException {
    var position = Long.parseLong(header(record, "ce_position"));
    var before = taken(db, record.key());
    if (position <= before) {
      return;
    }
    if (position > before + 1) {
      throw new IllegalStateException(
          "workspace %s: position %d came after %d".formatted(record.key(), position, before));
    }
    switch (header(record, "ce_type")) {
      case "dev.muster.task.completed", "dev.muster.task.failed", "dev.muster.task.cancelled" ->
          count(db, record.value());
      default -> {}
    }
    try (var note =
        db.prepareStatement(
            "INSERT INTO taken VALUES (?, ?) ON CONFLICT (workspace_id) DO UPDATE SET position = excluded.position")) {
      note.setString(1, record.key());
      note.setLong(2, position);
      note.executeUpdate();
    }
  }

  /** The event has all that is needed: nothing is looked up. Tasks that never began have no duration. */
  static void count(Connection db, String task) throws SQLException {
    try (var add =
        db.prepareStatement(
            """
            INSERT INTO duration_per_agent AS d (agent_id, tasks, seconds)
            SELECT agent_id, 1, extract(epoch FROM completed_at - started_at)
              FROM jsonb_to_record(?::jsonb) AS t (agent_id uuid, started_at timestamptz, completed_at timestamptz)
             WHERE started_at IS NOT NULL
            ON CONFLICT (agent_id) DO UPDATE SET tasks = d.tasks + 1, seconds = d.seconds + excluded.seconds
            """)) {
      add.setString(1, task);
      add.executeUpdate();
    }
  }

  static long taken(Connection db, String workspace) throws SQLException {
    try (var query = db.prepareStatement("SELECT position FROM taken WHERE workspace_id = ?")) {
      query.setString(1, workspace);
      var rows = query.executeQuery();
      return rows.next() ? rows.getLong(1) : 0;
    }
  }

  static boolean isAtEnd(KafkaConsumer<String, String> consumer) {
    return consumer.endOffsets(consumer.assignment()).entrySet().stream()
        .allMatch(end -> consumer.position(end.getKey()) >= end.getValue());
  }

  static String header(ConsumerRecord<String, String> record, String name) {
    return new String(record.headers().lastHeader(name).value());
  }
}
