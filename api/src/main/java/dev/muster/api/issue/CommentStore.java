package dev.muster.api.issue;

import dev.muster.events.id.IssueId;
import dev.muster.events.id.UserId;
import dev.muster.events.id.WorkspaceId;
import dev.muster.events.sql.Rows;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.RowMapper;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/// The rows of comments.
@Component
class CommentStore {
  private static final int LIST_MAX = 2_000;
  private static final RowMapper<CommentView> ROW = Rows.of(CommentView.class);

  private final JdbcClient db;

  CommentStore(JdbcClient db) {
    this.db = db;
  }

  /// The issue's comments, oldest first; of very many, the newest.
  List<CommentView> list(IssueId issue) {
    return db.sql(
            """
            SELECT id, issue_id, author_type, author_id, content, type, parent_id, created_at, updated_at
              FROM (SELECT * FROM comment WHERE issue_id = :issue ORDER BY created_at DESC, id LIMIT :max) newest
             ORDER BY created_at, id
            """)
        .param("issue", issue.value())
        .param("max", LIST_MAX)
        .query(ROW)
        .list();
  }

  Optional<CommentView> find(UUID comment) {
    return db.sql(
            """
            SELECT id, issue_id, author_type, author_id, content, type, parent_id, created_at, updated_at
              FROM comment WHERE id = :id
            """)
        .param("id", comment)
        .query(ROW)
        .optional();
  }

  CommentView insert(
      IssueId issue, UserId author, String content, String type, @Nullable UUID parent) {
    return db.sql(
            """
            INSERT INTO comment (issue_id, author_type, author_id, content, type, parent_id)
            VALUES (:issue, 'member', :author, :content, :type, :parent::uuid)
            RETURNING id, issue_id, author_type, author_id, content, type, parent_id, created_at, updated_at
            """)
        .param("issue", issue.value())
        .param("author", author.value())
        .param("content", content)
        .param("type", type)
        .param("parent", parent)
        .query(ROW)
        .single();
  }

  /// The comment with its new content; empty if it is gone.
  Optional<CommentView> update(UUID comment, String content) {
    return db.sql(
            """
            UPDATE comment SET content = :content, updated_at = now() WHERE id = :id
            RETURNING id, issue_id, author_type, author_id, content, type, parent_id, created_at, updated_at
            """)
        .param("id", comment)
        .param("content", content)
        .query(ROW)
        .optional();
  }

  /// Deletes the comment and the replies to it, with one event for each. Returns how many went.
  int delete(UUID comment, WorkspaceId workspace) {
    db.sql("SELECT id FROM comment WHERE id = :id FOR UPDATE")
        .param("id", comment)
        .query(UUID.class)
        .optional();
    return db.sql(
            """
            WITH RECURSIVE thread AS (
              SELECT id, 0 AS depth FROM comment WHERE id = :id
              UNION ALL
              SELECT c.id, t.depth + 1 FROM comment c JOIN thread t ON c.parent_id = t.id
            ), gone AS (
              DELETE FROM comment c USING thread t WHERE c.id = t.id RETURNING c.id, c.issue_id, t.depth
            )
            INSERT INTO outbox (workspace_id, type, subject_id, data)
            SELECT :workspace, 'comment.deleted', id, jsonb_build_object('comment_id', id, 'issue_id', issue_id)
              FROM gone ORDER BY depth DESC, id
            """)
        .param("id", comment)
        .param("workspace", workspace.value())
        .update();
  }
}
