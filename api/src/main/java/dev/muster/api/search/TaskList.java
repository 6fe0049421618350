package dev.muster.api.search;

import dev.muster.api.edge.Page;
import dev.muster.events.id.WorkspaceId;
import dev.muster.events.sql.Rows;
import dev.muster.events.task.TaskState;
import dev.muster.tasks.command.TaskView;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/// The tasks of a workspace, as a list that is narrowed and searched.
@Repository
class TaskList {
  // What an index finds in the list's order decides where a request looks. The other conditions are
  // asked of each row there, of LOOKED_AT_MAX rows at most: then the page ends, perhaps with no row
  // at all, and the next one goes on after the last row that was looked at. So each request costs
  // little, and all of them together find everything.
  //
  // How many that is, is a parameter: the planner then takes it for a part of the rows and reads
  // them in the order of an index. Of a number that it knows to be more than there are, it would
  // read all there are and sort them, and keep to that plan while the table grows.

  /// How many rows one request looks at.
  static final int LOOKED_AT_MAX = 10_000;

  private final JdbcClient db;
  private final TaskSearch search;

  TaskList(JdbcClient db, TaskSearch search) {
    this.db = db;
    this.search = search;
  }

  /// A page of tasks.
  ///
  /// @param next what to send as `cursor` for the next page; null on the last
  /// @param total how many there are on all pages; null on all pages but the first
  /// @param totalIsExact false if there may be more, since only [#LOOKED_AT_MAX] were looked at
  record Answer(
      List<TaskView> tasks,
      @Nullable String next,
      @Nullable Integer total,
      @Nullable Boolean totalIsExact) {}

  private record Counted(int total, int lookedAt) {}

  private record Place(Instant at, UUID id) {}

  /// What a query is in SQL.
  ///
  /// @param looked conditions that an index answers in the list's order
  /// @param narrowed conditions that are asked of each row
  private record Statement(
      TaskQuery query, TaskSearch.@Nullable Meant meant, String looked, String narrowed) {
    static Statement of(TaskQuery query, TaskSearch.@Nullable Meant meant) {
      var looked = new StringBuilder();
      var narrowed = new StringBuilder();
      var status = status(query);
      if (status != null) {
        (isLookedUp(status, query) ? looked : narrowed)
            .append(" AND t.status = '")
            .append(status.wire())
            .append('\'');
      }
      if (query.byEnd()) {
        looked.append(" AND t.completed_at IS NOT NULL");
      }
      add(query.issue(), looked, " AND t.issue_id = :issue");
      add(query.agent(), query.byEnd() ? narrowed : looked, " AND t.agent_id = :agent");
      add(query.schedule(), query.byEnd() ? narrowed : looked, " AND t.schedule_id = :schedule");
      var times = query.byEnd() ? narrowed : looked;
      add(query.created().from(), times, " AND t.created_at >= :from");
      add(query.created().before(), times, " AND t.created_at < :before");
      add(query.runtime(), narrowed, " AND t.runtime_id = :runtime");
      add(query.priority(), narrowed, " AND t.priority = :priority");
      add(query.reason(), narrowed, " AND t.failure_reason = :reason");
      switch (meant) {
        case null -> {}
        case TaskSearch.Meant.These _ -> looked.append(" AND t.id = ANY (:ids)");
        case TaskSearch.Meant.OfIssue _ -> looked.append(" AND t.issue_id = :of_issue");
        // A subquery for each row: as a join it might be turned around and read all issues.
        case TaskSearch.Meant.Titled _ ->
            narrowed.append(
                " AND (SELECT normalize(i.title) FROM issue i WHERE i.id = t.issue_id) ILIKE ALL (:patterns)");
      }
      return new Statement(query, meant, looked.toString(), narrowed.toString());
    }

    /// What has a failure's reason and is not failed waits for its next attempt, or was cancelled.
    private static @Nullable TaskState status(TaskQuery query) {
      return query.status() == null && query.reason() != null ? TaskState.FAILED : query.status();
    }

    /// What is open has indexes of its own, and what ended badly has one in the order of its
    /// making. Tasks that completed are most of all: the list's own index finds them soon. An
    /// agent's tasks have an index that says nothing of their states, and so have those that are
    /// over.
    private static boolean isLookedUp(TaskState status, TaskQuery query) {
      return switch (status) {
        case QUEUED, DISPATCHED, RUNNING -> true;
        case COMPLETED, FAILED, CANCELLED -> !query.byEnd() && query.agent() == null;
      };
    }

    private static void add(@Nullable Object given, StringBuilder conditions, String condition) {
      if (given != null) {
        conditions.append(condition);
      }
    }

    String time() {
      return query.byEnd() ? "t.completed_at" : "t.created_at";
    }

    String after() {
      return query.after() == null
          ? ""
          : " AND (%s, t.id) < (to_timestamp(:after_time::bigint / 1e6), :after_id::uuid)"
              .formatted(time());
    }

    String rows(String more) {
      return "FROM task t WHERE t.workspace_id = :workspace%s%s ORDER BY %s DESC, t.id DESC"
          .formatted(looked, more, time());
    }
  }

  Answer list(WorkspaceId workspace, TaskQuery query, int limit) {
    var meant = query.text() == null ? null : search.meant(workspace, query.text());
    var statement = Statement.of(query, meant);
    var end = statement.narrowed().isEmpty() ? null : end(workspace, statement);
    var page = page(workspace, statement, end, limit);
    var next = page.next(last -> cursor(query, last));
    if (next == null && end != null) {
      next = query.cursor(end.at(), end.id());
    }
    if (query.after() != null) {
      return new Answer(page.rows(), next, null, null);
    }
    var counted = count(workspace, statement);
    return new Answer(page.rows(), next, counted.total(), counted.lookedAt() < LOOKED_AT_MAX);
  }

  private static String cursor(TaskQuery query, TaskView last) {
    var at = query.byEnd() ? Objects.requireNonNull(last.completedAt()) : last.createdAt();
    return query.cursor(at, last.id());
  }

  /// The last row that the request looks at; null if that is the last one there is.
  private @Nullable Place end(WorkspaceId workspace, Statement statement) {
    var sql =
        "SELECT %s AS at, t.id %s OFFSET :looked_max::int - 1 LIMIT 1"
            .formatted(statement.time(), statement.rows(statement.after()));
    return bind(db.sql(sql), workspace, statement)
        .query((row, _) ->
            new Place(
                row.getObject("at", OffsetDateTime.class).toInstant(),
                row.getObject("id", UUID.class)))
        .optional()
        .orElse(null);
  }

  private Page<TaskView> page(
      WorkspaceId workspace, Statement statement, @Nullable Place end, int limit) {
    var column = statement.query().byEnd() ? "completed_at" : "created_at";
    var until =
        end == null ? "" : " AND (%s, t.id) >= (:end_time, :end_id)".formatted(statement.time());
    var query =
        """
        SELECT %s FROM (SELECT t.* %s LIMIT :looked_max::int) t
         WHERE true%s
         ORDER BY %s DESC, t.id DESC
        """
            .formatted(
                TaskView.COLUMNS,
                statement.rows(statement.after() + until),
                statement.narrowed(),
                statement.time());
    var sql = Page.sql(query, column + " DESC, id DESC", "result", "error", "comment_ids");
    var bound =
        bind(db.sql(sql), workspace, statement)
            .param("end_time", end == null ? null : end.at().atOffset(ZoneOffset.UTC))
            .param("end_id", end == null ? null : end.id());
    return Page.read(bound, limit, Rows.of(TaskView.class));
  }

  private Counted count(WorkspaceId workspace, Statement statement) {
    var sql =
        "SELECT (count(*) FILTER (WHERE true%s))::int AS total, count(*)::int AS looked_at FROM (SELECT t.* %s LIMIT :looked_max::int) t"
            .formatted(statement.narrowed(), statement.rows(""));
    return bind(db.sql(sql), workspace, statement).query(Rows.of(Counted.class)).single();
  }

  private static JdbcClient.StatementSpec bind(
      JdbcClient.StatementSpec sql, WorkspaceId workspace, Statement statement) {
    var query = statement.query();
    var after = query.after();
    var bound =
        sql.param("workspace", workspace.value())
            .param("looked_max", LOOKED_AT_MAX)
            .param("agent", query.agent())
            .param("runtime", query.runtime())
            .param("issue", query.issue())
            .param("schedule", query.schedule())
            .param("priority", query.priority())
            .param("reason", query.reason() == null ? null : query.reason().wire())
            .param("from", query.created().from())
            .param("before", query.created().before())
            .param("after_id", after == null ? null : after.id())
            .param("after_time", after == null ? null : after.micros());
    return switch (statement.meant()) {
      case null -> bound;
      case TaskSearch.Meant.These(var tasks) -> bound.param("ids", tasks.toArray(UUID[]::new));
      case TaskSearch.Meant.OfIssue(var issue) -> bound.param("of_issue", issue);
      case TaskSearch.Meant.Titled(var patterns) ->
          bound.param("patterns", patterns.toArray(String[]::new));
    };
  }
}
