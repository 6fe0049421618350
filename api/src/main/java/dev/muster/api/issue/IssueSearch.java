package dev.muster.api.issue;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.muster.api.issue.view.IssueView;
import dev.muster.events.id.WorkspaceId;
import java.text.Normalizer;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/// Finds issues by words of their titles, descriptions and comments.
///
/// It reads the workspace's newest issues, and of their comments as many: what is looked for is
/// mostly new, and a search must not read all that a workspace ever had.
@Component
class IssueSearch {
  static final int LIMIT_MAX = 100;
  private static final int ISSUES_MAX = 5_000;
  private static final int COMMENTS_MAX = 20_000;
  private static final int SNIPPET_BEFORE = 40;
  private static final int SNIPPET_CHARACTERS = 160;

  private final JdbcClient db;
  private final IssueStore issues;

  IssueSearch(JdbcClient db, IssueStore issues) {
    this.db = db;
    this.issues = issues;
  }

  /// An issue, and where the words are.
  ///
  /// @param matchSource `identifier`, `title`, `description` or `comment`
  record Found(
      @JsonUnwrapped IssueView issue,
      String matchSource,
      @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String matchedSnippet) {}

  /// @param total how many were found, those left out included
  record Answer(List<Found> issues, int total) {}

  private record Match(UUID id, String source, @Nullable String text, int total) {}

  /// The best matches: of the identifier, then of titles, descriptions and comments, the newest
  /// first.
  Answer find(WorkspaceId workspace, String words, boolean closedToo, int limit) {
    var matches = matches(workspace, words, closedToo, limit);
    var views = issues.byIds(matches.stream().map(Match::id).toList());
    var found =
        matches.stream()
            .flatMap(match ->
                views.stream()
                    .filter(issue -> issue.id().equals(match.id()))
                    .map(issue -> new Found(issue, match.source(), snippet(match.text(), words))))
            .toList();
    return new Answer(found, matches.isEmpty() ? 0 : matches.getFirst().total());
  }

  private List<Match> matches(WorkspaceId workspace, String words, boolean closedToo, int limit) {
    return db.sql(
            """
            WITH candidate AS MATERIALIZED (
              SELECT i.id, i.title, i.description, i.created_at, lower(w.issue_prefix || '-' || i.number) AS identifier
                FROM issue i JOIN workspace w ON w.id = i.workspace_id
               WHERE i.workspace_id = :workspace AND (:closed_too OR i.status NOT IN ('done', 'cancelled'))
               ORDER BY i.created_at DESC, i.id LIMIT :issues_max
            ), said AS (
              SELECT c.issue_id, c.content, c.created_at FROM candidate CROSS JOIN LATERAL (
                SELECT issue_id, content, created_at FROM comment WHERE issue_id = candidate.id
                 ORDER BY created_at DESC LIMIT 100) c
               LIMIT :comments_max
            ), matched AS (
              SELECT id, 0 AS rank, 'identifier' AS source, NULL AS text, created_at FROM candidate WHERE identifier = lower(:words)
              UNION ALL
              SELECT id, 1, 'title', NULL, created_at FROM candidate WHERE normalize(title) ILIKE :pattern
              UNION ALL
              SELECT id, 2, 'description', description, created_at FROM candidate WHERE normalize(description) ILIKE :pattern
              UNION ALL
              SELECT candidate.id, 3, 'comment', said.content, candidate.created_at
                FROM said JOIN candidate ON candidate.id = said.issue_id WHERE normalize(said.content) ILIKE :pattern
            ), best AS (
              SELECT DISTINCT ON (id) id, rank, source, text, created_at FROM matched ORDER BY id, rank
            )
            SELECT id, source, text, count(*) OVER ()::int AS total
              FROM best ORDER BY rank, created_at DESC, id LIMIT :limit
            """)
        .param("workspace", workspace.value())
        .param("closed_too", closedToo)
        .param("words", words)
        .param("pattern", "%" + escaped(Normalizer.normalize(words, Normalizer.Form.NFC)) + "%")
        .param("issues_max", ISSUES_MAX)
        .param("comments_max", COMMENTS_MAX)
        .param("limit", limit)
        .query((row, _) ->
            new Match(
                row.getObject("id", UUID.class),
                row.getString("source"),
                row.getString("text"),
                row.getInt("total")))
        .list();
  }

  private static String escaped(String words) {
    return words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_");
  }

  /// What stands around the words.
  private static @Nullable String snippet(@Nullable String text, String words) {
    if (text == null) {
      return null;
    }
    var at = text.toLowerCase(Locale.ROOT).indexOf(words.toLowerCase(Locale.ROOT));
    var from = Math.clamp(at - SNIPPET_BEFORE, 0, text.length());
    var to = Math.min(text.length(), from + SNIPPET_CHARACTERS);
    return (from > 0 ? "…" : "")
        + text.substring(from, to).replace('\n', ' ')
        + (to < text.length() ? "…" : "");
  }
}
