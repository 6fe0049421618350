package dev.muster.api.issue;

import dev.muster.api.edge.Page;
import dev.muster.api.edge.Quotas;
import dev.muster.api.edge.RowCursor;
import dev.muster.api.issue.view.CommentView;
import dev.muster.events.id.IssueId;
import dev.muster.events.id.WorkspaceId;
import dev.muster.events.sql.Rows;
import dev.muster.tasks.command.Author;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.RowMapper;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/// The rows of comments.
@Component
class CommentStore {
  static final int LIST_MAX = 2_000;

  /// The newest first: a page that cannot hold all holds what was said last.
  private static final String LIST =
      Page.sql(
          """
          SELECT id, issue_id, author_type, author_id, content, type, parent_id, created_at, updated_at
            FROM comment
           WHERE issue_id = :issue
             AND (created_at, id) < (coalesce(to_timestamp(:before_time::bigint / 1e6), 'infinity'),
                                     coalesce(:before_id::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff'))
           ORDER BY created_at DESC, id DESC
          """,
          "created_at DESC, id DESC",
          "content");

  private static final RowMapper<CommentView> ROW = Rows.of(CommentView.class);

  private final JdbcClient db;
  private final Quotas quotas;

  CommentStore(JdbcClient db, Quotas quotas) {
    this.db = db;
    this.quotas = quotas;
  }

  /// A page of the issue's comments, the newest first, or of those before a place.
  Page<CommentView> list(IssueId issue, @Nullable RowCursor before, int limit) {
    var statement =
        db.sql(LIST)
            .param("issue", issue.value())
            .param("before_id", before == null ? null : before.id())
            .param("before_time", before == null ? null : before.micros());
    return Page.read(statement, limit, ROW);
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

  /// @throws Refused 409 if the issue has as many comments as it may have
  CommentView insert(
      IssueId issue, Author author, String content, String type, @Nullable UUID parent) {
    quotas.comments(count(issue) + 1L);
    return db.sql(
            """
            INSERT INTO comment (issue_id, author_type, author_id, content, type, parent_id)
            VALUES (:issue, :author_type, :author, :content, :type, :parent::uuid)
            RETURNING id, issue_id, author_type, author_id, content, type, parent_id, created_at, updated_at
            """)
        .param("issue", issue.value())
        .param("author_type", author.type())
        .param("author", author.id())
        .param("content", content)
        .param("type", type)
        .param("parent", parent)
        .query(ROW)
        .single();
  }

  private int count(IssueId issue) {
    return db.sql("SELECT count(*) FROM comment WHERE issue_id = :issue")
        .param("issue", issue.value())
        .query(Integer.class)
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
