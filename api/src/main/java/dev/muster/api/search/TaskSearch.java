package dev.muster.api.search;

import dev.muster.api.edge.Input;
import dev.muster.events.id.WorkspaceId;
import java.text.Normalizer;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/// Finds out what a person means who searches for tasks by a text.
@Component
class TaskSearch {
  private static final Pattern IDENTIFIER = Pattern.compile("(.+)-(\\d{1,9})");
  private static final Pattern START_OF_ID = Pattern.compile("[0-9a-fA-F]{8}[0-9a-fA-F-]{0,27}");

  /// No-break spaces come with what is copied from pages.
  private static final Pattern SPACE = Pattern.compile("[\\s\\p{Z}]+");

  private static final int HEX_DIGITS = 32;
  private static final int FOUND_MAX = 100;

  private final JdbcClient db;

  TaskSearch(JdbcClient db) {
    this.db = db;
  }

  /// What is looked for.
  sealed interface Meant {
    /// Tasks by their ids.
    record These(List<UUID> tasks) implements Meant {}

    /// All tasks of an issue.
    record OfIssue(UUID issue) implements Meant {}

    /// Tasks whose issue's title has all of these words, or parts of words, as patterns for `ILIKE`
    /// on the title in NFC: the same letter may be one character or two.
    record Titled(List<String> patterns) implements Meant {}
  }

  /// An id or an identifier of the workspace if the text is one, else words.
  Meant meant(WorkspaceId workspace, String text) {
    var id = Input.lenientId(text);
    if (id.isPresent()) {
      return new Meant.These(List.of(id.get()));
    }
    var issue = issue(workspace, text);
    if (issue.isPresent()) {
      return new Meant.OfIssue(issue.get());
    }
    var tasks = tasks(workspace, text);
    return tasks.isEmpty() ? words(text) : new Meant.These(tasks);
  }

  private Optional<UUID> issue(WorkspaceId workspace, String text) {
    var identifier = IDENTIFIER.matcher(text);
    if (!identifier.matches()) {
      return Optional.empty();
    }
    return db.sql(
            """
            SELECT i.id FROM issue i JOIN workspace w ON w.id = i.workspace_id
             WHERE i.workspace_id = :workspace AND i.number = :number AND lower(w.issue_prefix) = lower(:prefix)
            """)
        .param("workspace", workspace.value())
        .param("number", Integer.parseInt(identifier.group(2)))
        .param("prefix", identifier.group(1))
        .query(UUID.class)
        .optional();
  }

  /// The tasks whose ids begin so. Ids alone are looked at first, by their index, whatever the
  /// planner takes a workspace to be like.
  private List<UUID> tasks(WorkspaceId workspace, String text) {
    if (!START_OF_ID.matcher(text).matches()) {
      return List.of();
    }
    var digits = text.replace("-", "");
    var rest = HEX_DIGITS - digits.length();
    if (rest < 0) {
      return List.of();
    }
    return db.sql(
            """
            SELECT id FROM (
              SELECT id, workspace_id FROM task WHERE id BETWEEN :first::uuid AND :last::uuid ORDER BY id LIMIT :max
            ) t WHERE workspace_id = :workspace
            """)
        .param("first", digits + "0".repeat(rest))
        .param("last", digits + "f".repeat(rest))
        .param("max", FOUND_MAX)
        .param("workspace", workspace.value())
        .query((row, _) -> row.getObject("id", UUID.class))
        .list();
  }

  private static Meant words(String text) {
    return new Meant.Titled(
        SPACE
            .splitAsStream(Normalizer.normalize(text, Normalizer.Form.NFC))
            .filter(word -> !word.isEmpty())
            .map(word -> "%" + escaped(word) + "%")
            .toList());
  }

  private static String escaped(String word) {
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_");
  }
}
