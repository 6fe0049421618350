package dev.muster.api.storage;

import dev.muster.events.id.WorkspaceId;
import dev.muster.events.sql.Rows;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/// Measures what a workspace keeps: texts by their length in bytes, JSON by what it takes in
/// Postgres. Neither needs the values themselves, so nothing is read of what stands beside the
/// rows.
///
/// A long history is measured in pieces, each by a statement of its own: a single one would run
/// against the time that a statement may take, and would keep Postgres from tidying up meanwhile.
@Repository
class StorageSizes {
  private static final int ISSUES_MAX = 100;
  private static final int EVENTS_MAX = 20_000;

  private final JdbcClient db;

  StorageSizes(JdbcClient db) {
    this.db = db;
  }

  /// A part of a history.
  ///
  /// @param rows how many were measured; none after the last
  /// @param last where the next piece goes on
  record Piece(int rows, long last, long bytes) {}

  /// Agents, skills and schedules, of which there are only so many.
  long made(WorkspaceId workspace) {
    return db.sql(
            """
            SELECT (SELECT coalesce(sum(octet_length(description) + octet_length(instructions) + pg_column_size(runtime_config)
                                        + pg_column_size(tools) + pg_column_size(triggers)), 0)
                      FROM agent WHERE workspace_id = :workspace)
                   + (SELECT coalesce(sum(octet_length(description) + octet_length(content) + pg_column_size(config)), 0)
                        FROM skill WHERE workspace_id = :workspace)
                   + (SELECT coalesce(sum(octet_length(f.content)), 0)
                        FROM skill s JOIN skill_file f ON f.skill_id = s.id WHERE s.workspace_id = :workspace)
                   + (SELECT coalesce(sum(octet_length(title) + coalesce(octet_length(prompt), 0)), 0)
                        FROM schedule WHERE workspace_id = :workspace)
            """)
        .param("workspace", workspace.value())
        .query(Long.class)
        .single();
  }

  /// Issues with all that belongs to them, in the order of their numbers.
  Piece issues(WorkspaceId workspace, long after) {
    return piece(
        workspace,
        after,
        ISSUES_MAX,
        """
        WITH piece AS MATERIALIZED (
          SELECT id, number, octet_length(title) + coalesce(octet_length(description), 0) AS bytes
            FROM issue WHERE workspace_id = :workspace AND number > :after ORDER BY number LIMIT :max
        ), run AS MATERIALIZED (
          SELECT t.id, coalesce(pg_column_size(t.result), 0) + coalesce(octet_length(t.error), 0) AS bytes
            FROM piece p JOIN task t ON t.issue_id = p.id
        )
        SELECT count(*)::int AS rows, coalesce(max(number), 0) AS last,
               (coalesce(sum(bytes), 0)
                + (SELECT coalesce(sum(octet_length(c.content)), 0) FROM piece p JOIN comment c ON c.issue_id = p.id)
                + (SELECT coalesce(sum(octet_length(m.key) + pg_column_size(m.value)), 0)
                     FROM piece p JOIN issue_metadata m ON m.issue_id = p.id)
                + (SELECT coalesce(sum(bytes), 0) FROM run)
                + (SELECT coalesce(sum(octet_length(a.error)), 0) FROM run r JOIN task_attempt a ON a.task_id = r.id)
                + (SELECT coalesce(sum(octet_length(m.content) + octet_length(m.output)
                                       + coalesce(pg_column_size(m.input), 0)), 0)
                     FROM run r JOIN task_message m ON m.task_id = r.id))::bigint AS bytes
          FROM piece
        """);
  }

  /// The events that the log keeps, in their order.
  Piece events(WorkspaceId workspace, long after) {
    return piece(
        workspace,
        after,
        EVENTS_MAX,
        """
        SELECT count(*)::int AS rows, coalesce(max(position), 0) AS last, coalesce(sum(pg_column_size(data)), 0)::bigint AS bytes
          FROM (SELECT position, data FROM event_log WHERE workspace_id = :workspace AND position > :after
                 ORDER BY position LIMIT :max) AS piece
        """);
  }

  private Piece piece(WorkspaceId workspace, long after, int max, String sql) {
    return db.sql(sql)
        .param("workspace", workspace.value())
        .param("after", after)
        .param("max", max)
        .query(Rows.of(Piece.class))
        .single();
  }
}
