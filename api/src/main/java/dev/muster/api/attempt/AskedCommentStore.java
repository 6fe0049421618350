package dev.muster.api.attempt;

import dev.muster.events.id.TaskId;
import dev.muster.events.sql.Rows;
import java.util.List;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/// Reads the comments that a run is to answer.
@Component
class AskedCommentStore {
  private final JdbcClient db;

  AskedCommentStore(JdbcClient db) {
    this.db = db;
  }

  /// A comment, and whether it is what the task was made for.
  private record Row(
      boolean isTrigger,
      UUID id,
      UUID threadId,
      String authorType,
      String authorName,
      String content,
      java.time.Instant createdAt) {
    AskedComments.Asked asked() {
      return new AskedComments.Asked(id, threadId, authorType, authorName, content, createdAt);
    }
  }

  /// The comments of a task. Where the one it was made for is gone, the next one takes its place.
  AskedComments of(TaskId task) {
    var rows = rows(task);
    var isAsked = isAsked(task);
    var trigger = isAsked && !rows.isEmpty() ? rows.getFirst().asked() : null;
    var others = rows.stream().skip(trigger == null ? 0 : 1).map(Row::asked).toList();
    return AskedComments.of(trigger, others, unseen(task));
  }

  private boolean isAsked(TaskId task) {
    return db.sql(
            """
            SELECT EXISTS (SELECT FROM task_trigger g JOIN task t ON g.task_id IN (t.id, t.parent_task_id) WHERE t.id = :task)
            """)
        .param("task", task.value())
        .query(Boolean.class)
        .single();
  }

  private List<Row> rows(TaskId task) {
    return db.sql(
            """
            WITH RECURSIVE asked AS (
              SELECT g.comment_id AS id, true AS is_trigger
                FROM task t JOIN task_trigger g ON g.task_id IN (t.id, t.parent_task_id) WHERE t.id = :task
              UNION
              SELECT unnest(t.comment_ids), false FROM task t WHERE t.id = :task
            ), above AS (
              SELECT c.id AS comment_id, c.id, c.parent_id FROM asked JOIN comment c ON c.id = asked.id
              UNION ALL
              SELECT a.comment_id, c.id, c.parent_id FROM above a JOIN comment c ON c.id = a.parent_id
            )
            SELECT asked.is_trigger, c.id, root.id AS thread_id,
                   CASE WHEN c.type = 'system' THEN 'system' ELSE c.author_type END AS author_type,
                   coalesce(u.name, a.name, '') AS author_name, c.content, c.created_at
              FROM asked
              JOIN comment c ON c.id = asked.id
              JOIN above root ON root.comment_id = c.id AND root.parent_id IS NULL
              LEFT JOIN app_user u ON c.author_type = 'member' AND u.id = c.author_id
              LEFT JOIN agent a ON c.author_type = 'agent' AND a.id = c.author_id
             ORDER BY asked.is_trigger DESC, c.created_at, c.id
            """)
        .param("task", task.value())
        .query(Rows.of(Row.class))
        .list();
  }

  /// What others have written since the agent's last run on the issue began.
  private AskedComments.Unseen unseen(TaskId task) {
    return db.sql(
            """
            SELECT (SELECT count(*) FROM comment c
                     WHERE c.issue_id = t.issue_id AND c.created_at > before.started_at AND c.type = 'comment'
                       AND NOT (c.author_type = 'agent' AND c.author_id = t.agent_id))::int AS count,
                   before.started_at AS since
              FROM task t
              LEFT JOIN LATERAL (
                SELECT max(b.started_at) AS started_at FROM task b
                 WHERE b.issue_id = t.issue_id AND b.agent_id = t.agent_id AND b.id <> t.id) before ON true
             WHERE t.id = :task
            """)
        .param("task", task.value())
        .query(Rows.of(AskedComments.Unseen.class))
        .single();
  }
}
