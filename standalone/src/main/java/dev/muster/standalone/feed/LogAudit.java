package dev.muster.standalone.feed;

import dev.muster.events.Event;
import dev.muster.events.feed.FeedLog;
import dev.muster.standalone.feed.Findings.Promise;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;

/// Reads all that Postgres has of the feed, and checks what it can by itself.
final class LogAudit {
  private static final int BATCH = 5_000;
  private static final int BATCH_BYTES = 8 * 1024 * 1024;

  private final JdbcClient db;
  private final Findings findings;
  private final Map<UUID, History> histories = new HashMap<>();
  private final Map<UUID, TaskStory> stories = new HashMap<>();
  private final Set<UUID> tasks = new HashSet<>();
  private FeedLog.Epochs epochs = new FeedLog.Epochs("", "", Set.of());
  private long dropped;
  private long inEvents;
  private long inTasks;

  /// @param db one transaction, in which nothing changes while it is read
  LogAudit(JdbcClient db, Findings findings) {
    this.db = db;
    this.findings = findings;
  }

  void run() {
    var logId = readLog();
    checkHeads(logId);
    checkTasks();
    findings.count("events in event_log", logId - dropped);
    findings.count("events dropped from it before", dropped);
    findings.count("workspaces", histories.size());
    findings.count("tasks", tasks.size());
    findings.count("events still in outbox", number("SELECT count(*) FROM outbox"));
  }

  private long readLog() {
    var feedLog = new FeedLog(db);
    epochs = feedLog.epochs();
    dropped = feedLog.dropped();
    var logId = dropped;
    inEvents = number("SELECT log_id FROM feed_published");
    inTasks = number("SELECT log_id FROM feed_task_table");
    for (var entries = feedLog.afterLogId(0, BATCH, BATCH_BYTES);
        !entries.isEmpty();
        entries = feedLog.afterLogId(logId, BATCH, BATCH_BYTES)) {
      for (var entry : entries) {
        if (entry.logId() != logId + 1) {
          findings.violation(
              Promise.POSITIONS,
              "event_log has log_id %d behind %d".formatted(entry.logId(), logId));
        }
        logId = entry.logId();
        add(entry.event(), logId);
      }
    }
    return logId;
  }

  private void add(Event event, long logId) {
    var history =
        histories.computeIfAbsent(
            event.workspace().value(), _ -> new History(dropped == 0 ? 0 : event.position() - 1));
    if (event.position() != history.head() + 1) {
      findings.violation(
          Promise.POSITIONS,
          "workspace %s has position %d behind %d in event_log"
              .formatted(event.workspace(), event.position(), history.head()));
    }
    history.add(event, logId <= inEvents);
    if (event.isTask()) {
      stories
          .computeIfAbsent(event.subject(), _ -> new TaskStory(dropped > 0))
          .add(event, logId <= inTasks, findings);
    }
  }

  private void checkHeads(long logId) {
    var head = number("SELECT head FROM feed");
    if (head != logId) {
      findings.violation(
          Promise.POSITIONS, "feed.head is %d, and event_log ends with %d".formatted(head, logId));
    }
    db.sql("SELECT workspace_id, position FROM feed_position")
        .query(row -> {
          var workspace = row.getObject("workspace_id", UUID.class);
          var position = row.getLong("position");
          var history = histories.get(workspace);
          if (history == null && dropped > 0) {
            return;
          }
          if (position != (history == null ? 0 : history.head())) {
            findings.violation(
                Promise.POSITIONS,
                "workspace %s has given position %d, and event_log ends with %d"
                    .formatted(workspace, position, history == null ? 0 : history.head()));
          }
        });
  }

  /// Each task against the last event that was written with it, wherever that is by now. What is
  /// deleted under a task (its runtime) takes its id from the row without a change of the task.
  private void checkTasks() {
    db.sql("SELECT id FROM task")
        .query(row -> {
          tasks.add(row.getObject("id", UUID.class));
        });
    db.sql(
            """
            WITH told AS (
              SELECT DISTINCT ON (subject_id) subject_id, seq, data
                FROM (SELECT subject_id, seq, data FROM event_log WHERE seq IS NOT NULL
                      UNION ALL SELECT subject_id, seq, data FROM outbox WHERE seq IS NOT NULL) AS e
               ORDER BY subject_id, seq DESC
            )
            SELECT t.id, t.workspace_id, t.status, t.event_seq, told.seq, told.data ->> 'status' AS told_status
              FROM task t LEFT JOIN told ON told.subject_id = t.id
             WHERE NOT (told.seq IS NULL AND :dropped)
               AND (told.seq IS DISTINCT FROM t.event_seq OR NOT (task_event(t) @> (told.data::jsonb - 'runtime_id')
                                                                       OR task_event_before_v61(t) @> (told.data::jsonb - 'runtime_id')))
             ORDER BY t.id
            """)
        .param("dropped", dropped > 0)
        .query(row -> {
          findings.violation(
              Promise.STATES,
              "task %s of workspace %s is %s after %d events, and its last event is number %s, %s"
                  .formatted(
                      row.getString("id"),
                      row.getString("workspace_id"),
                      row.getString("status"),
                      row.getLong("event_seq"),
                      row.getString("seq"),
                      row.getString("told_status")));
        });
  }

  private long number(String sql) {
    return db.sql(sql).query(Long.class).single();
  }

  Map<UUID, History> histories() {
    return histories;
  }

  Map<UUID, TaskStory> stories() {
    return stories;
  }

  FeedLog.Epochs epochs() {
    return epochs;
  }

  boolean hasTask(UUID id) {
    return tasks.contains(id);
  }
}
