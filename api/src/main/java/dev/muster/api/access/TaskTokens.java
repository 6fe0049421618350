package dev.muster.api.access;

import dev.muster.api.access.Caller.Work;
import dev.muster.events.id.AgentId;
import dev.muster.events.id.IssueId;
import dev.muster.events.id.TaskId;
import dev.muster.events.id.UserId;
import dev.muster.events.id.WorkspaceId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;

/// Finds the agent behind a task token. Nothing is remembered: the token is over in the moment in
/// which its claim is, or its daemon's user leaves the workspace.
final class TaskTokens {
  private final JdbcClient db;

  TaskTokens(JdbcClient db) {
    this.db = db;
  }

  /// A token that there is or was.
  ///
  /// @param lasts whether its claim does
  record Found(Caller caller, boolean lasts) {
    static Found of(ResultSet row, int rowNumber) throws SQLException {
      var work =
          new Work(
              new TaskId(row.getObject("task_id", UUID.class)),
              row.getLong("claim_generation"),
              new AgentId(row.getObject("agent_id", UUID.class)),
              new IssueId(row.getObject("issue_id", UUID.class)));
      var caller =
          new Caller(
              new UserId(row.getObject("user_id", UUID.class)),
              row.getObject("id", UUID.class),
              Scope.TASK,
              // Whatever the daemon's user may do besides, its agents are members.
              Map.of(new WorkspaceId(row.getObject("workspace_id", UUID.class)), Role.MEMBER),
              null,
              work);
      return new Found(caller, row.getBoolean("lasts"));
    }
  }

  /// The token with this hash; empty if no claim was ever answered with it.
  Optional<Found> find(String hash) {
    return db.sql(
            """
            SELECT k.id, k.user_id, k.task_id, k.claim_generation, t.workspace_id, t.agent_id, t.issue_id,
                   t.status IN ('dispatched', 'running') AND t.claim_generation = k.claim_generation
                     AND EXISTS (SELECT FROM member m WHERE m.workspace_id = t.workspace_id AND m.user_id = k.user_id) AS lasts
              FROM task_token k JOIN task t ON t.id = k.task_id
             WHERE k.token_hash = :hash AND k.user_id IS NOT NULL
            """)
        .param("hash", hash)
        .query(Found::of)
        .optional();
  }
}
