package dev.muster.events.feed;

import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;

/// How many partitions each topic of the feed had when Muster first wrote to it. Keys keep their
/// partition by this number, whatever has become of the topic.
final class PartitionCounts {
  private final JdbcClient db;

  PartitionCounts(JdbcClient db) {
    this.db = db;
  }

  /// Notes the number of a topic that is new, and returns what counts from now on.
  ///
  /// @param topicId Kafka's: a topic of the same name that was made anew is another one
  int keep(String topic, String topicId, int partitions) {
    db.sql(
            """
            INSERT INTO feed_topic AS t (name, topic_id, partitions) VALUES (:name, :topic_id, :partitions)
            ON CONFLICT (name) DO UPDATE SET topic_id = excluded.topic_id, partitions = excluded.partitions
             WHERE t.topic_id <> excluded.topic_id
            """)
        .param("name", topic)
        .param("topic_id", topicId)
        .param("partitions", partitions)
        .update();
    return of(topic);
  }

  /// The topic in which the events of this database are told, where it is another one.
  Optional<String> elsewhere(String events) {
    return db.sql(
            """
            SELECT max(name) FROM feed_topic
             WHERE name LIKE '%.events' AND NOT EXISTS (SELECT FROM feed_topic WHERE name = :events)
            """)
        .param("events", events)
        .query(String.class)
        .optional();
  }

  int of(String topic) {
    return db.sql("SELECT partitions FROM feed_topic WHERE name = :name")
        .param("name", topic)
        .query(Integer.class)
        .single();
  }
}
