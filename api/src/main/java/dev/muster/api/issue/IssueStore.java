package dev.muster.api.issue;

import dev.muster.api.edge.Limits;
import dev.muster.api.edge.Page;
import dev.muster.api.issue.field.IssueFilter;
import dev.muster.api.issue.field.IssueRef;
import dev.muster.api.issue.view.IssueView;
import dev.muster.events.id.IssueId;
import dev.muster.events.id.WorkspaceId;
import dev.muster.events.sql.Rows;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.RowMapper;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.core.simple.JdbcClient.StatementSpec;
import org.springframework.stereotype.Component;

/// The rows of issues.
@Component
class IssueStore {
  private static final RowMapper<IssueView> ROW = Rows.of(IssueView.class);

  private static final String SELECT =
      """
      SELECT i.id, i.workspace_id, i.number, w.issue_prefix || '-' || i.number AS identifier, i.title, i.description,
             i.status, i.priority, i.assignee_type, i.assignee_id, i.creator_type, i.creator_id, i.parent_issue_id,
             i.position, i.due_date, i.created_at, i.updated_at
        FROM issue i JOIN workspace w ON w.id = i.workspace_id
      """;

  private static final String WITH_METADATA =
      """

        AND NOT EXISTS (SELECT FROM jsonb_each(:metadata::jsonb) AS wanted (key, value)
                         WHERE NOT EXISTS (SELECT FROM issue_metadata m
                                            WHERE m.issue_id = i.id AND m.key = wanted.key AND m.value = wanted.value))\
      """;

  private final JdbcClient db;

  IssueStore(JdbcClient db) {
    this.db = db;
  }

  static @Nullable OffsetDateTime utc(@Nullable Instant instant) {
    return instant == null ? null : instant.atOffset(ZoneOffset.UTC);
  }

  Optional<IssueView> find(IssueRef ref) {
    return find(ref, "");
  }

  /// The issue, its row locked against other changes.
  Optional<IssueView> lock(IssueRef ref) {
    return find(ref, "FOR NO KEY UPDATE OF i");
  }

  /// Locks the issue so that nothing can be added to it. Returns false if it is gone.
  boolean lockForDelete(IssueId issue) {
    return db.sql("SELECT id FROM issue WHERE id = :id FOR UPDATE")
        .param("id", issue.value())
        .query(UUID.class)
        .optional()
        .isPresent();
  }

  private Optional<IssueView> find(IssueRef ref, String locked) {
    var workspace = ref.workspace();
    if (workspace == null) {
      return db.sql(SELECT + "WHERE i.id = :id AND i.workspace_id = ANY (:workspaces) " + locked)
          .param("id", ref.id())
          .param("workspaces", ref.caller().workspaces())
          .query(ROW)
          .optional();
    }
    return db.sql(SELECT + "WHERE i.workspace_id = :workspace AND i.number = :number " + locked)
        .param("workspace", workspace.value())
        .param("number", ref.number())
        .query(ROW)
        .optional();
  }

  Optional<IssueView> find(IssueId issue) {
    return db.sql(SELECT + "WHERE i.id = :id").param("id", issue.value()).query(ROW).optional();
  }

  private static String meant(IssueFilter filter) {
    return """
    i.workspace_id = :workspace%s
      AND (:status::text IS NULL OR i.status = :status::text)
      AND (:priority::text IS NULL OR i.priority = :priority::text)
      AND (:assignee::uuid IS NULL OR i.assignee_id = :assignee::uuid)%s
    """
        .formatted(
            filter.ids() == null ? "" : " AND i.id = ANY (:ids)",
            filter.metadata() == null ? "" : WITH_METADATA);
  }

  private static StatementSpec bind(
      StatementSpec statement, WorkspaceId workspace, IssueFilter filter) {
    return statement
        .param("workspace", workspace.value())
        .param("ids", filter.ids() == null ? null : filter.ids().toArray(UUID[]::new))
        .param("status", filter.status() == null ? null : filter.status().wire())
        .param("priority", filter.priority() == null ? null : filter.priority().wire())
        .param("assignee", filter.assignee())
        .param("metadata", filter.metadata());
  }

  /// How many issues the filter means, on all pages.
  int count(WorkspaceId workspace, IssueFilter filter) {
    return bind(
            db.sql("SELECT count(*)::int FROM issue i WHERE " + meant(filter)), workspace, filter)
        .query(Integer.class)
        .single();
  }

  /// A page of the workspace's issues.
  Page<IssueView> list(WorkspaceId workspace, IssueFilter filter) {
    var sorting = filter.sorting();
    var query =
        SELECT
            + "WHERE "
            + meant(filter)
            + "ORDER BY "
            + sorting.by().sql("i.", sorting.descending())
            + " OFFSET :offset";
    var statement =
        bind(
                db.sql(Page.sql(query, sorting.by().sql("", sorting.descending()), "description")),
                workspace,
                filter)
            .param("offset", filter.offset());
    return Page.read(statement, filter.limit(), ROW);
  }

  /// The issues, without an order.
  List<IssueView> byIds(Collection<UUID> issues) {
    return db.sql(SELECT + "WHERE i.id = ANY (:ids)")
        .param("ids", issues.toArray(UUID[]::new))
        .query(ROW)
        .list();
  }

  /// The issues that name this one as their parent, the oldest first.
  Page<IssueView> children(IssueId parent) {
    var query = SELECT + "WHERE i.parent_issue_id = :parent ORDER BY i.created_at, i.id";
    return Page.read(
        db.sql(Page.sql(query, "created_at, id", "description")).param("parent", parent.value()),
        Limits.PAGE,
        ROW);
  }

  private record StateRow(UUID id, String status, Instant updatedAt) {}

  /// Those of the issues that the workspace has, and how they are.
  Map<UUID, CleanupController.State> states(WorkspaceId workspace, Collection<UUID> issues) {
    return db
        .sql(
            "SELECT id, status, updated_at FROM issue WHERE workspace_id = :workspace AND id = ANY (:issues)")
        .param("workspace", workspace.value())
        .param("issues", issues.toArray(UUID[]::new))
        .query(Rows.of(StateRow.class))
        .list()
        .stream()
        .collect(
            Collectors.toMap(
                StateRow::id, row -> new CleanupController.State(row.status(), row.updatedAt())));
  }

  boolean isInWorkspace(UUID issue, WorkspaceId workspace) {
    return db.sql("SELECT EXISTS (SELECT FROM issue WHERE id = :id AND workspace_id = :workspace)")
        .param("id", issue)
        .param("workspace", workspace.value())
        .query(Boolean.class)
        .single();
  }

  void update(IssueId issue, IssuePatch.Values values) {
    db.sql(
            """
            UPDATE issue
               SET title = :title, description = :description, status = :status, priority = :priority,
                   position = :position, assignee_type = :assignee_type, assignee_id = :assignee_id,
                   due_date = :due_date, updated_at = now()
             WHERE id = :id
            """)
        .param("id", issue.value())
        .param("title", values.title())
        .param("description", values.description())
        .param("status", values.status().wire())
        .param("priority", values.priority().wire())
        .param("position", values.position())
        .param("assignee_type", values.assignee().type())
        .param("assignee_id", values.assignee().id())
        .param("due_date", utc(values.dueDate()))
        .update();
  }

  void delete(IssueId issue) {
    db.sql("DELETE FROM issue WHERE id = :id").param("id", issue.value()).update();
  }
}
