package dev.muster.api.thread;

import dev.muster.api.edge.Page;
import dev.muster.events.id.IssueId;
import dev.muster.events.sql.Rows;
import java.time.Instant;
import java.util.Collection;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/// Comments by thread: first who answers whom, then the texts that are wanted.
@Component
public class Discussions {
  private static final int LIST_MAX = 2_000;
  private static final int SUMMARY_CHARACTERS = 200;

  /// As many as an issue may have, and those that came at the same moment.
  private static final int NODES_MAX = 20_000;

  private static final String TEXTS =
      Page.sql(
          """
          SELECT id, issue_id, author_type, author_id,
                 CASE WHEN :summary THEN left(content, :length) ELSE content END AS content, type, parent_id,
                 created_at, updated_at, :summary AND length(content) > :length AS is_cut
            FROM comment WHERE id = ANY (:ids)
           ORDER BY created_at DESC, id DESC
          """,
          "created_at DESC, id DESC",
          "content");

  private final JdbcClient db;

  Discussions(JdbcClient db) {
    this.db = db;
  }

  /// What a reader gets.
  ///
  /// @param page the newest first, as many as an answer holds
  /// @param next where the next part begins; null at the end
  public record Found(Page<ListedComment> page, CommentQuery.@Nullable Place next) {}

  /// Those of an issue's comments that a query asks for.
  ///
  /// @throws dev.muster.api.edge.Refused 404 if it names a thread that the issue does not have
  public Found find(IssueId issue, CommentQuery query) {
    var threads = threads(issue);
    var selected = threads.select(query);
    return new Found(texts(selected.comments(), threads, query.summary()), selected.next());
  }

  private CommentThreads threads(IssueId issue) {
    return new CommentThreads(
        db.sql(
                """
                SELECT id, parent_id, created_at FROM comment WHERE issue_id = :issue
                 ORDER BY created_at DESC, id DESC LIMIT :max
                """)
            .param("issue", issue.value())
            .param("max", NODES_MAX)
            .query(Rows.of(CommentThreads.Node.class))
            .list());
  }

  private record Row(
      UUID id,
      UUID issueId,
      String authorType,
      UUID authorId,
      String content,
      String type,
      @Nullable UUID parentId,
      Instant createdAt,
      Instant updatedAt,
      boolean isCut) {
    ListedComment listed(CommentThreads threads, boolean summary) {
      var thread = threads.begunBy(id);
      return new ListedComment(
          id,
          issueId,
          authorType,
          authorId,
          content,
          type,
          parentId,
          createdAt,
          updatedAt,
          thread == null ? null : thread.replies().size(),
          thread == null ? null : thread.lastActivity(),
          summary ? isCut : null);
    }
  }

  private Page<ListedComment> texts(
      Collection<UUID> comments, CommentThreads threads, boolean summary) {
    var statement =
        db.sql(TEXTS)
            .param("ids", comments.toArray(UUID[]::new))
            .param("summary", summary)
            .param("length", SUMMARY_CHARACTERS);
    var mapper = Rows.of(Row.class);
    return Page.read(
        statement,
        LIST_MAX,
        (row, number) ->
            Objects.requireNonNull(mapper.mapRow(row, number)).listed(threads, summary));
  }
}
