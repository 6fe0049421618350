package dev.muster.api.attempt;

import dev.muster.api.access.Caller;
import dev.muster.api.access.TokenHash;
import dev.muster.events.id.AttemptId;
import dev.muster.events.id.TaskId;
import dev.muster.tasks.command.ClaimedTask;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/// Hands claimed tasks to daemons that want a token for each claim.
///
/// The token is made when the claim is committed and before it is answered. If that fails the claim
/// was answered to nobody, and is answered once more when its daemon asks after a minute.
@Component
public class HandOver {
  private final JdbcClient db;
  private final AskedCommentStore comments;
  private final Sessions sessions;

  HandOver(JdbcClient db, AskedCommentStore comments, Sessions sessions) {
    this.sessions = sessions;
    this.db = db;
    this.comments = comments;
  }

  /// The task as this client is handed it.
  ///
  /// @param platform what the client says it is
  public Object to(Caller caller, @Nullable String platform, ClaimedTask claimed) {
    if (!ClientPlatform.isDaemon(platform)) {
      return claimed;
    }
    var task = new TaskId(claimed.id());
    var attempt = AttemptId.of(task, claimed.claimGeneration());
    var prior = sessions.of(claimed);
    return new HandedTask(
        claimed.as(attempt, prior.sessionId(), prior.workDir(), launched(claimed)),
        task.value(),
        newToken(caller, attempt, claimed, prior.sessionId()),
        comments.of(task));
  }

  /// The agent with how its program is started.
  private String launched(ClaimedTask claimed) {
    return db.sql(
            """
            SELECT (:described::jsonb
                    || jsonb_strip_nulls(jsonb_build_object(
                         'model', nullif(model, ''), 'thinking_level', nullif(thinking_level, ''),
                         'custom_env', nullif(custom_env, '{}'), 'custom_args', nullif(custom_args, '[]')))
                    || CASE WHEN mcp_config <> '{}' THEN jsonb_build_object('mcp_config', mcp_config) ELSE '{}' END)::text
              FROM agent_launch WHERE agent_id = :agent
            """)
        .param("described", claimed.agent())
        .param("agent", claimed.agentId())
        .query(String.class)
        .optional()
        .orElse(claimed.agent());
  }

  private String newToken(
      Caller caller, AttemptId attempt, ClaimedTask claimed, @Nullable String session) {
    var token = TokenHash.newTaskToken();
    db.sql(
            """
            INSERT INTO task_token (token_hash, attempt_id, task_id, claim_generation, runtime_id, user_id, session_id)
            VALUES (:hash, :attempt, :task, :generation, :runtime, :user, :session)
            """)
        .param("hash", TokenHash.of(token))
        .param("attempt", attempt.value())
        .param("task", claimed.id())
        .param("generation", claimed.claimGeneration())
        .param("runtime", claimed.runtimeId())
        .param("user", caller.user().value())
        .param("session", session)
        .update();
    return token;
  }
}
