package dev.muster.standalone.feed;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.muster.events.Event;
import dev.muster.standalone.feed.Findings.Promise;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/// Compares what the table of tasks has with each task's last event in Postgres.
final class TaskTableAudit {
  private final LogAudit log;
  private final String topic;
  private final Findings findings;
  private final Map<UUID, State> latest = new HashMap<>();
  private final Map<UUID, Long> deleted = new HashMap<>();
  private long missing;

  /// What the table has of a task.
  private record State(long seq, long hash) {
    static State of(Event event) {
      return new State(event.seq() == null ? 0 : event.seq(), History.hash(event));
    }
  }

  TaskTableAudit(LogAudit log, String topic, Findings findings) {
    this.log = log;
    this.topic = topic;
    this.findings = findings;
  }

  void run(TopicScan scan) {
    scan.read(topic, this::take, this::isThere);
    findings.count("keys in " + topic, latest.size());
    log.stories().forEach(this::check);
    if (missing > 0) {
      findings.unchecked(
          "%d tasks whose last event %s does not have yet: it is behind, or stopped"
              .formatted(missing, topic));
    }
  }

  private void take(ConsumerRecord<byte[], byte[]> record) {
    if (record.key() == null) {
      findings.violation(Promise.TASKS, "%s has no key".formatted(TopicAudit.place(record)));
      return;
    }
    if (record.value() == null) {
      var task = UUID.fromString(new String(record.key(), UTF_8));
      latest.remove(task);
      deleted.put(task, TopicScan.sequence(record));
      return;
    }
    TopicScan.event(record)
        .ifPresentOrElse(
            event -> latest.put(event.subject(), State.of(event)),
            () ->
                findings.violation(
                    Promise.TASKS, "%s holds no event".formatted(TopicAudit.place(record))));
  }

  private boolean isThere() {
    return log.stories().entrySet().stream()
        .allMatch(task -> isThere(task.getKey(), task.getValue()));
  }

  private boolean isThere(UUID task, TaskStory story) {
    var state = latest.get(task);
    return state == null
        ? isRightlyMissing(task, story)
        : !story.isDeleted() && state.seq >= story.seq();
  }

  /// What came after Postgres was read may have deleted it.
  private boolean isRightlyMissing(UUID task, TaskStory story) {
    return !log.hasTask(task) || deleted.getOrDefault(task, 0L) > story.seq();
  }

  private void check(UUID task, TaskStory story) {
    var state = latest.get(task);
    var isOld = !isThere(task, story);
    if (isOld && !story.isPublished()) {
      missing++;
    } else if (state == null && isOld) {
      findings.violation(Promise.TASKS, "task %s is not in %s".formatted(task, topic));
    } else if (state != null && story.isDeleted()) {
      findings.violation(Promise.TASKS, "task %s was deleted and is in %s".formatted(task, topic));
    } else if (state != null
        && (isOld || (state.seq == story.seq() && !story.endsWith(state.hash)))) {
      findings.violation(
          Promise.TASKS,
          "task %s has event %d in %s, and another, %d, is its last"
              .formatted(task, state.seq, topic, story.seq()));
    }
  }

  /// Tasks of the table that the log did not tell of and Postgres did not have: those that it has
  /// by now, or has told of, were made meanwhile.
  void checkUnknown(FeedConnections connections) {
    var unknown =
        latest.keySet().stream()
            .filter(task -> !log.stories().containsKey(task) && !log.hasTask(task))
            .toArray(UUID[]::new);
    if (unknown.length == 0) {
      return;
    }
    var snapshot = connections.snapshot();
    try {
      FeedConnections.client(snapshot)
          .sql(
              """
              SELECT id FROM unnest(:ids::uuid[]) AS u (id)
               WHERE NOT EXISTS (SELECT FROM event_log WHERE subject_id = u.id)
                 AND NOT EXISTS (SELECT FROM task WHERE task.id = u.id)
               ORDER BY id
              """)
          .param("ids", unknown)
          .query(row -> {
            findings.violation(
                Promise.TASKS,
                "task %s is in %s, and Postgres knows of none"
                    .formatted(row.getString("id"), topic));
          });
    } finally {
      snapshot.destroy();
    }
  }
}
