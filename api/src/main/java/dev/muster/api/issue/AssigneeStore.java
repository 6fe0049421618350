package dev.muster.api.issue;

import dev.muster.api.access.AgentRule;
import dev.muster.api.access.Caller;
import dev.muster.events.id.AgentId;
import dev.muster.events.id.IssueId;
import dev.muster.events.id.TaskId;
import dev.muster.events.id.WorkspaceId;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/// What issues must know of agents and members.
@Component
class AssigneeStore {
  /// How long after a run a comment may still be on its way.
  private static final int LATELY_SECONDS = 120;

  private final JdbcClient db;

  AssigneeStore(JdbcClient db) {
    this.db = db;
  }

  boolean isMember(WorkspaceId workspace, UUID user) {
    return db.sql(
            "SELECT EXISTS (SELECT FROM member WHERE workspace_id = :workspace AND user_id ="
                + " :user)")
        .param("workspace", workspace.value())
        .param("user", user)
        .query(Boolean.class)
        .single();
  }

  /// Whether the caller may give work to the agent: it is of the workspace, and not somebody else's
  /// private one.
  boolean isAgentFor(Caller caller, WorkspaceId workspace, AgentId agent) {
    var statement =
        db.sql(
            "SELECT EXISTS (SELECT FROM agent WHERE id = :agent AND workspace_id = :workspace AND %s)"
                .formatted(AgentRule.SQL));
    return AgentRule.bind(statement, caller, workspace)
        .param("agent", agent.value())
        .param("workspace", workspace.value())
        .query(Boolean.class)
        .single();
  }

  /// The triggers of an agent that the caller may give work to, JSON as text; empty if there is
  /// none: see [#isAgentFor].
  Optional<String> triggersFor(Caller caller, WorkspaceId workspace, AgentId agent) {
    var statement =
        db.sql(
            "SELECT triggers FROM agent WHERE id = :agent AND workspace_id = :workspace AND "
                + AgentRule.SQL);
    return AgentRule.bind(statement, caller, workspace)
        .param("agent", agent.value())
        .param("workspace", workspace.value())
        .query(String.class)
        .optional();
  }

  /// The agent's list of triggers, JSON as text; empty if there is no such agent.
  Optional<String> triggers(WorkspaceId workspace, AgentId agent) {
    return db.sql("SELECT triggers FROM agent WHERE id = :agent AND workspace_id = :workspace")
        .param("agent", agent.value())
        .param("workspace", workspace.value())
        .query(String.class)
        .optional();
  }

  /// Whether a comment of this caller counts as the agent's own: its daemon registered with the
  /// same token, and the agent is at work on the issue, or was until now. For daemons whose agents
  /// have no tokens of their own.
  boolean isWrittenBy(Caller author, AgentId agent, IssueId issue) {
    return db.sql(
            """
            SELECT EXISTS (
              SELECT FROM task t JOIN runtime r ON r.id = t.runtime_id AND r.token_id = :token
               WHERE t.issue_id = :issue AND t.agent_id = :agent AND t.claim_generation > 0
                 AND (t.status IN ('dispatched', 'running')
                      OR greatest(t.completed_at, t.queued_at) > now() - make_interval(secs => :lately)))
            """)
        .param("token", author.tokenId())
        .param("issue", issue.value())
        .param("agent", agent.value())
        .param("lately", LATELY_SECONDS)
        .query(Boolean.class)
        .single();
  }

  boolean isAtWork(AgentId agent, IssueId issue) {
    return db.sql(
            """
            SELECT EXISTS (SELECT FROM task
                            WHERE agent_id = :agent AND issue_id = :issue AND status IN ('dispatched', 'running'))
            """)
        .param("agent", agent.value())
        .param("issue", issue.value())
        .query(Boolean.class)
        .single();
  }

  /// Notes the comment that a task was made for.
  void noteTrigger(TaskId task, UUID comment) {
    db.sql("INSERT INTO task_trigger (task_id, comment_id) VALUES (:task, :comment)")
        .param("task", task.value())
        .param("comment", comment)
        .update();
  }
}
