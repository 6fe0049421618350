package dev.muster.api.issue;

import dev.muster.events.feed.Outbox;
import dev.muster.events.id.UserId;
import dev.muster.events.id.WorkspaceId;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/// Where issues are made, for every package that makes some.
@Component
public class Issues {
  private final JdbcClient db;
  private final Outbox outbox;

  Issues(JdbcClient db, Outbox outbox) {
    this.db = db;
    this.outbox = outbox;
  }

  /// Makes an issue with its number and its event, in the caller's transaction and in one round
  /// trip. Queues nothing.
  ///
  /// The number comes from the workspace's row, which stays locked until the transaction ends: call
  /// this after everything that does not need the issue.
  public UUID create(WorkspaceId workspace, UserId creator, NewIssue issue) {
    var id =
        db.sql(
                """
                WITH counted AS (
                  UPDATE workspace SET issue_counter = issue_counter + 1 WHERE id = :workspace
                  RETURNING id, issue_counter, issue_prefix
                ), created AS (
                  INSERT INTO issue (workspace_id, number, title, description, status, priority, assignee_type,
                                     assignee_id, creator_type, creator_id, parent_issue_id, due_date)
                  SELECT id, issue_counter, :title, :description, :status, :priority, :assignee_type,
                         :assignee_id::uuid, 'member', :creator, :parent::uuid, :due_date::timestamptz
                    FROM counted
                  RETURNING *
                ), told AS (
                  INSERT INTO outbox (workspace_id, type, subject_id, data)
                  SELECT i.workspace_id, 'issue.created', i.id, jsonb_build_object('issue', jsonb_build_object(
                           'id', i.id, 'workspace_id', i.workspace_id, 'number', i.number,
                           'identifier', w.issue_prefix || '-' || i.number, 'title', i.title,
                           'description', i.description, 'status', i.status, 'priority', i.priority,
                           'assignee_type', i.assignee_type, 'assignee_id', i.assignee_id,
                           'creator_type', i.creator_type, 'creator_id', i.creator_id,
                           'parent_issue_id', i.parent_issue_id, 'position', i.position,
                           'due_date', to_char(i.due_date AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
                           'created_at', to_char(i.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
                           'updated_at', to_char(i.updated_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')))
                    FROM created i JOIN counted w ON w.id = i.workspace_id
                )
                SELECT id FROM created
                """)
            .param("workspace", workspace.value())
            .param("creator", creator.value())
            .param("title", issue.title())
            .param("description", issue.description())
            .param("status", issue.status())
            .param("priority", issue.priority())
            .param("assignee_type", issue.assignee().type())
            .param("assignee_id", issue.assignee().id())
            .param("parent", issue.parentIssueId())
            .param("due_date", IssueStore.utc(issue.dueDate()))
            .query(UUID.class)
            .single();
    outbox.wake();
    return id;
  }
}
