package dev.muster.api.attempt;

import dev.muster.api.access.Caller;
import dev.muster.events.sql.Rows;
import dev.muster.events.task.FailureReason;
import dev.muster.tasks.command.ClaimedTask;
import java.util.Arrays;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/// Which session a run goes on with, for daemons that name their claims. A session that spoilt a
/// run is handed to none after it.
@Component
public class Sessions {
  /// A run that failed sooner than this after it began had no chance but its session's.
  private static final int AT_ONCE_SECONDS = 10;

  private static final String[] SPOILING =
      Arrays.stream(FailureReason.values())
          .filter(FailureReason::spoilsSession)
          .map(FailureReason::wire)
          .toArray(String[]::new);

  private final JdbcClient db;
  private final AttemptIds ids;

  Sessions(JdbcClient db, AttemptIds ids) {
    this.db = db;
    this.ids = ids;
  }

  /// What a final report says of sessions.
  ///
  /// @param retired one that nobody is to go on with
  /// @param isMissing whether the run's own can be had no more
  public record Said(@Nullable String own, @Nullable String retired, @Nullable Boolean isMissing) {}

  /// What a run goes on with.
  record Prior(@Nullable String sessionId, @Nullable String workDir) {}

  /// The last session of the agent on the issue that is of this runtime and spoilt nothing, and the
  /// last directory.
  Prior of(ClaimedTask claimed) {
    return db.sql(
            """
            WITH before AS (
              SELECT t.session_id, t.work_dir, t.session_runtime_id, t.status, t.failure_reason, t.id = :task AS is_own,
                     t.completed_at
                FROM task t
               WHERE t.issue_id = :issue AND t.agent_id = :agent AND (t.id = :task OR t.completed_at IS NOT NULL)
            )
            SELECT (SELECT b.session_id FROM before b
                     WHERE b.session_id IS NOT NULL AND b.session_runtime_id = :runtime
                       AND (b.is_own OR NOT coalesce(b.failure_reason = ANY (:spoiling), false))
                       AND NOT EXISTS (SELECT FROM retired_session r WHERE r.agent_id = :agent AND r.session_id = b.session_id)
                     ORDER BY b.is_own DESC, b.completed_at DESC LIMIT 1) AS session_id,
                   (SELECT b.work_dir FROM before b
                     WHERE b.work_dir IS NOT NULL AND b.session_runtime_id = :runtime
                     ORDER BY b.is_own DESC, b.completed_at DESC LIMIT 1) AS work_dir
            """)
        .param("task", claimed.id())
        .param("issue", claimed.issueId())
        .param("agent", claimed.agentId())
        .param("runtime", claimed.runtimeId())
        .param("spoiling", SPOILING)
        .query(Rows.of(Prior.class))
        .single();
  }

  /// Retires what a report says nobody is to go on with. Before the report is taken, so that no
  /// claim comes in between.
  public void retire(Caller caller, String id, Said said) {
    var isMissing = said.isMissing() != null && said.isMissing();
    retire(caller, id, said.retired(), isMissing ? said.own() : null);
  }

  /// Retires the session of a run that failed for its sake: by what the reason says, or at once
  /// after it went on with one.
  ///
  /// @param session what the report says the run's own is
  public void retireSpoilt(
      Caller caller, String id, FailureReason reason, @Nullable String session) {
    var named = ids.find(id).filter(attempt -> attempt.generation() != null);
    if (named.isEmpty()) {
      return;
    }
    if (reason.spoilsSession()) {
      retire(caller, id, session, null);
    }
    if (!reason.costsAttempt()) {
      return;
    }
    db.sql(
            """
            INSERT INTO retired_session (agent_id, session_id)
            SELECT DISTINCT t.agent_id, k.session_id
              FROM task t JOIN task_token k ON k.task_id = t.id AND k.claim_generation = t.claim_generation
             WHERE t.id = :task AND t.workspace_id = ANY (:workspaces) AND t.claim_generation = :generation
               AND k.session_id IS NOT NULL
               AND (:spoilt OR t.started_at > now() - make_interval(secs => :at_once))
            ON CONFLICT DO NOTHING
            """)
        .param("task", named.get().task().value())
        .param("workspaces", caller.workspaces())
        .param("generation", named.get().generation())
        .param("spoilt", reason.spoilsSession())
        .param("at_once", AT_ONCE_SECONDS)
        .update();
  }

  private void retire(Caller caller, String id, @Nullable String one, @Nullable String other) {
    var sessions =
        Stream.of(one == null ? "" : one, other == null ? "" : other)
            .filter(session -> !session.isEmpty())
            .distinct()
            .toArray(String[]::new);
    if (sessions.length == 0) {
      return;
    }
    ids.find(id)
        .ifPresent(named ->
            db.sql(
                    """
                    INSERT INTO retired_session (agent_id, session_id)
                    SELECT t.agent_id, left(s, 500) FROM task t, unnest(:sessions::text[]) AS s
                     WHERE t.id = :task AND t.workspace_id = ANY (:workspaces)
                    ON CONFLICT DO NOTHING
                    """)
                .param("sessions", sessions)
                .param("task", named.task().value())
                .param("workspaces", caller.workspaces())
                .update());
  }
}
