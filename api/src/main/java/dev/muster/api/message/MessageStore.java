package dev.muster.api.message;

import dev.muster.api.edge.Page;
import dev.muster.events.id.TaskId;
import dev.muster.events.sql.Rows;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/// What tasks have said, to read.
@Repository
class MessageStore {
  private static final String SAID =
      Page.sql(
          """
          SELECT m.task_id, t.issue_id, m.claim_generation, m.seq, m.type, m.tool, m.content, m.input::text AS input,
                 m.output, m.created_at
            FROM task_message m JOIN task t ON t.id = m.task_id
           WHERE m.task_id = :task AND m.claim_generation = coalesce(:generation::bigint, t.claim_generation)
             AND m.seq > :since
           ORDER BY m.seq
          """,
          "seq",
          "content",
          "input",
          "output");

  private final JdbcClient db;

  MessageStore(JdbcClient db) {
    this.db = db;
  }

  /// A page of what a claim of the task has said after `since`, in order.
  ///
  /// @param generation which claim; null for the last
  Page<TaskMessage> said(UUID task, @Nullable Long generation, int since, int limit) {
    var statement =
        db.sql(SAID).param("task", task).param("generation", generation).param("since", since);
    return Page.read(statement, limit, Rows.of(TaskMessage.class));
  }

  /// What all claims of the task from one on have said after a place.
  List<TaskMessage> after(TaskId task, TaskMessages.Place place, int limit, int bytes) {
    return db.sql(
            """
            WITH next AS MATERIALIZED (
              SELECT m.task_id, t.issue_id, m.claim_generation, m.seq, m.type, m.tool, m.content, m.input::text AS input,
                     m.output, m.created_at
                FROM task_message m JOIN task t ON t.id = m.task_id
               WHERE m.task_id = :task AND (m.claim_generation, m.seq) > (:generation, :seq)
               ORDER BY m.claim_generation, m.seq
               LIMIT :limit
            ), sized AS (
              SELECT *, sum(octet_length(content) + octet_length(output) + coalesce(octet_length(input), 0))
                          OVER (ORDER BY claim_generation, seq ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before
                FROM next
            )
            SELECT task_id, issue_id, claim_generation, seq, type, tool, content, input, output, created_at
              FROM sized WHERE coalesce(before, 0) < :bytes
             ORDER BY claim_generation, seq
            """)
        .param("task", task.value())
        .param("generation", place.claimGeneration())
        .param("seq", place.seq())
        .param("limit", limit)
        .param("bytes", bytes)
        .query(Rows.of(TaskMessage.class))
        .list();
  }
}
