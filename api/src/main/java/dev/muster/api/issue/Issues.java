package dev.muster.api.issue;

import dev.muster.api.edge.IdempotencyKey;
import dev.muster.api.queue.TaskQueue;
import dev.muster.api.queue.TaskTerms;
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
  /// @param work the task to queue for the agent the issue is given to; null for none. None is
  ///   queued if that agent is gone or takes no more
  public Created create(
      WorkspaceId workspace, UserId creator, NewIssue issue, @Nullable TaskTerms work) {
    return create(workspace, creator, issue, work, false, null)
        .orElseThrow(() -> new IllegalStateException("no issue was made"));
  }

  /// Makes an issue for the sake of its task, as [#create] does.
  ///
  /// @param key written down with the task
  /// @return empty if the agent is gone or takes no more tasks: nothing was made
  /// @throws org.springframework.dao.DuplicateKeyException if the key is known: nothing was made
  public Optional<Created> createWork(
      WorkspaceId workspace,
      UserId creator,
      NewIssue issue,
      TaskTerms work,
      @Nullable IdempotencyKey key) {
    return create(workspace, creator, issue, work, true, key);
  }

  private Optional<Created> create(
      WorkspaceId workspace,
      UserId creator,
      NewIssue issue,
      @Nullable TaskTerms work,
      boolean onlyWithTask,
      @Nullable IdempotencyKey key) {
    var number = numbers.next(workspace);
    var statement =
        db.sql(
                """
                WITH created AS (
                  INSERT INTO issue (workspace_id, number, title, description, status, priority, assignee_type,
                                     assignee_id, creator_type, creator_id, parent_issue_id, due_date)
                  SELECT :workspace::uuid, :number::int, :title, :description, :status, :priority, :assignee_type,
                         :assignee_id::uuid, 'member', :creator::uuid, :parent::uuid, :due_date::timestamptz
                   WHERE NOT :only_with_task
                      OR EXISTS (SELECT FROM agent a
                                  WHERE a.id = :assignee_id::uuid AND a.workspace_id = :workspace AND a.intake <> 'draining')
                  RETURNING *
                ), queued AS (
                  INSERT INTO task AS t %s
                  SELECT %s
                    FROM created i JOIN agent a ON a.id = i.assignee_id AND a.workspace_id = i.workspace_id
                   WHERE :gives_work AND a.intake <> 'draining'
                  RETURNING t
                ), keyed AS (
                  INSERT INTO idempotency_key (scope, key, request_hash, task_id, claim_generation)
                  SELECT :workspace::uuid, :key, :request_hash, (t).id, 0 FROM queued WHERE :key::text IS NOT NULL
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
                """
                    .formatted(TaskTerms.COLUMNS, TaskTerms.VALUES))
            .param("workspace", workspace.value())
            .param("number", number)
            .param("creator", creator.value())
            .param("title", issue.title())
            .param("description", issue.description())
            .param("status", issue.status())
            .param("priority", issue.priority())
            .param("assignee_type", issue.assignee().type())
            .param("assignee_id", issue.assignee().id())
            .param("parent", issue.parentIssueId())
            .param("due_date", IssueStore.utc(issue.dueDate()))
            .param("gives_work", work != null)
            .param("only_with_task", onlyWithTask)
            .param("key", key == null ? null : key.key())
            .param("request_hash", key == null ? null : key.hash());
    var terms = work == null ? TaskTerms.of(0) : work;
    var row = terms.bind(statement, queue.ttlSeconds()).query(Rows.of(Row.class)).optional();
    row.ifPresent(made -> queue.queued(made.taskRuntimeId()));
    return row.map(made ->
        new Created(
            view(workspace, creator, issue, number, made), Optional.ofNullable(made.taskId())));
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
