package dev.muster.api.issue;

import dev.muster.api.queue.TaskQueue;
import dev.muster.events.id.UserId;
import dev.muster.events.id.WorkspaceId;
import dev.muster.events.sql.Rows;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/// Where issues are made, for every package that makes some.
@Component
public class Issues {
  private final JdbcClient db;
  private final IssueNumbers numbers;
  private final TaskQueue queue;

  Issues(JdbcClient db, IssueNumbers numbers, TaskQueue queue) {
    this.db = db;
    this.numbers = numbers;
    this.queue = queue;
  }

  /// An issue as it was made, and the task that was queued with it.
  public record Created(IssueView issue, Optional<UUID> task) {}

  private record Row(
      UUID id,
      String identifier,
      double position,
      Instant createdAt,
      @Nullable UUID taskId,
      @Nullable UUID taskRuntimeId) {}

  /// Makes an issue with its number, its event and, if wanted, its agent's task: one statement that
  /// commits by itself, so that nothing is locked while this process thinks. Not to be called in a
  /// transaction.
  ///
  /// @param givesWork whether to queue a task for the agent the issue is given to; none is queued
  ///   if that agent is gone
  public Created create(WorkspaceId workspace, UserId creator, NewIssue issue, boolean givesWork) {
    var number = numbers.next(workspace);
    var row =
        db.sql(
                """
                WITH created AS (
                  INSERT INTO issue (workspace_id, number, title, description, status, priority, assignee_type,
                                     assignee_id, creator_type, creator_id, parent_issue_id, due_date)
                  VALUES (:workspace, :number, :title, :description, :status, :priority, :assignee_type,
                          :assignee_id::uuid, 'member', :creator, :parent::uuid, :due_date::timestamptz)
                  RETURNING *
                ), queued AS (
                  INSERT INTO task AS t (workspace_id, agent_id, issue_id, runtime_id, pinned, required_provider,
                                         required_labels, priority)
                  SELECT i.workspace_id, a.id, i.id, a.runtime_id, a.runtime_id IS NOT NULL, a.provider, a.labels, :weight
                    FROM created i JOIN agent a ON a.id = i.assignee_id AND a.workspace_id = i.workspace_id
                   WHERE :gives_work
                  RETURNING t
                ), events AS (
                  SELECT 1 AS place, i.workspace_id, 'issue.created' AS type, i.id AS subject_id, NULL::bigint AS seq,
                         jsonb_build_object('issue', jsonb_build_object(
                           'id', i.id, 'workspace_id', i.workspace_id, 'number', i.number,
                           'identifier', w.issue_prefix || '-' || i.number, 'title', i.title,
                           'description', i.description, 'status', i.status, 'priority', i.priority,
                           'assignee_type', i.assignee_type, 'assignee_id', i.assignee_id,
                           'creator_type', i.creator_type, 'creator_id', i.creator_id,
                           'parent_issue_id', i.parent_issue_id, 'position', i.position,
                           'due_date', to_char(i.due_date AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
                           'created_at', to_char(i.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
                           'updated_at', to_char(i.updated_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
                         )) AS data
                    FROM created i JOIN workspace w ON w.id = i.workspace_id
                  UNION ALL
                  SELECT 2, (t).workspace_id, 'task.queued', (t).id, (t).event_seq, task_event(t) FROM queued
                ), told AS (
                  INSERT INTO outbox (workspace_id, type, subject_id, seq, data)
                  SELECT workspace_id, type, subject_id, seq, data FROM events ORDER BY place
                )
                SELECT i.id, w.issue_prefix || '-' || i.number AS identifier, i.position, i.created_at,
                       (q.t).id AS task_id, (q.t).runtime_id AS task_runtime_id
                  FROM created i JOIN workspace w ON w.id = i.workspace_id LEFT JOIN queued q ON true
                """)
            .param("workspace", workspace.value())
            .param("number", number)
            .param("creator", creator.value())
            .param("title", issue.title())
            .param("description", issue.description())
            .param("status", issue.status())
            .param("priority", issue.priority())
            .param("weight", Priority.weight(issue.priority()))
            .param("assignee_type", issue.assignee().type())
            .param("assignee_id", issue.assignee().id())
            .param("parent", issue.parentIssueId())
            .param("due_date", IssueStore.utc(issue.dueDate()))
            .param("gives_work", givesWork)
            .query(Rows.of(Row.class))
            .single();
    queue.queued(row.taskRuntimeId());
    return new Created(
        view(workspace, creator, issue, number, row), Optional.ofNullable(row.taskId()));
  }

  private static IssueView view(
      WorkspaceId workspace, UserId creator, NewIssue issue, int number, Row row) {
    return new IssueView(
        row.id(),
        workspace.value(),
        number,
        row.identifier(),
        issue.title(),
        issue.description(),
        issue.status(),
        issue.priority(),
        issue.assignee().type(),
        issue.assignee().id(),
        "member",
        creator.value(),
        issue.parentIssueId(),
        row.position(),
        issue.dueDate(),
        row.createdAt(),
        row.createdAt());
  }
}
