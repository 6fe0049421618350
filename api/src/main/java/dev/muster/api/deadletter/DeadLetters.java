package dev.muster.api.deadletter;

import dev.muster.api.edge.Page;
import dev.muster.api.edge.RowCursor;
import dev.muster.api.storage.StorageQuota;
import dev.muster.events.id.TaskId;
import dev.muster.events.id.WorkspaceId;
import dev.muster.events.sql.Rows;
import dev.muster.tasks.command.TaskCommand;
import dev.muster.tasks.command.TaskView;
import dev.muster.tasks.lane.Tasks;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/// Tasks that have failed for good and that nobody has taken up again.
///
/// Redriving one makes a new task of it, since a finished task is never claimed again: the same
/// work by the same agent, going on with the last session where the runtime is the same. The old
/// task names the new one, and is no dead letter any more.
@Repository
class DeadLetters {
  private final JdbcClient db;
  private final Tasks tasks;
  private final StorageQuota storage;

  DeadLetters(JdbcClient db, Tasks tasks, StorageQuota storage) {
    this.storage = storage;
    this.db = db;
    this.tasks = tasks;
  }

  /// Which dead letters are meant; null leaves it open.
  record Filter(
      @Nullable UUID task, @Nullable UUID agent, @Nullable UUID runtime, @Nullable String reason) {}

  private static final String MEANT =
      """
      t.workspace_id = :workspace AND t.status = 'failed' AND t.redriven_by IS NULL
             AND (:task::uuid IS NULL OR t.id = :task) AND (:agent::uuid IS NULL OR t.agent_id = :agent)
             AND (:runtime::uuid IS NULL OR t.runtime_id = :runtime) AND (:reason::text IS NULL OR t.failure_reason = :reason)
             AND (:all OR EXISTS (SELECT FROM agent v WHERE v.id = t.agent_id
                                     AND (v.visibility = 'workspace' OR v.owner_id = :user)))\
      """;

  /// Whose dead letters are seen and redriven: private agents are for their owner and for those who
  /// administer the workspace.
  record Viewer(WorkspaceId workspace, UUID user, boolean all) {}

  /// A page of them, the newest first.
  ///
  /// @param before the end of the page before; null for the first
  Page<TaskView> list(Viewer viewer, Filter filter, @Nullable RowCursor before, int limit) {
    var query =
        """
        SELECT %s FROM task t
         WHERE %s AND (t.completed_at, t.id) < (coalesce(to_timestamp(:before_time::bigint / 1e6), 'infinity'),
                                                coalesce(:before_id::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff'))
         ORDER BY t.completed_at DESC, t.id DESC
        """
            .formatted(TaskView.COLUMNS, MEANT);
    var statement =
        bind(
                db.sql(
                    Page.sql(
                        query, "completed_at DESC, id DESC", "result", "error", "comment_ids")),
                viewer,
                filter)
            .param("before_id", before == null ? null : before.id())
            .param("before_time", before == null ? null : before.micros());
    return Page.read(statement, limit, Rows.of(TaskView.class));
  }

  /// The place after a dead letter.
  static String cursor(TaskView last) {
    return RowCursor.Order.DEAD_LETTERS.cursor(
        Objects.requireNonNull(last.completedAt()), last.id());
  }

  /// What became of the dead letters that were meant.
  ///
  /// @param matched how many were meant, also beyond the limit
  /// @param tasks the ids of the new tasks
  record Redriven(int matched, List<UUID> tasks) {
    int left() {
      return matched - tasks.size();
    }
  }

  private record Meant(UUID id, int matched) {}

  /// Makes new tasks of dead letters, the oldest first. One whose agent takes no new tasks, or has
  /// a task queued for the issue, stays where it is; so does all but the newest of those of one
  /// agent and issue.
  Redriven redrive(Viewer viewer, Filter filter, int limit) {
    var meant =
        bind(
                db.sql(
                    """
                    SELECT t.id, count(*) OVER () AS matched
                      FROM task t WHERE %s ORDER BY t.completed_at, t.id LIMIT :limit
                    """
                        .formatted(MEANT)),
                viewer,
                filter)
            .param("limit", limit)
            .query(Rows.of(Meant.class))
            .list();
    if (meant.isEmpty()) {
      return new Redriven(0, List.of());
    }
    storage.requireRoom(viewer.workspace());
    var letters = meant.stream().map(letter -> new TaskId(letter.id())).toList();
    var made =
        tasks.alone(new TaskCommand.Redrive(viewer.workspace(), letters)).stream()
            .map(TaskId::value)
            .sorted()
            .toList();
    return new Redriven(meant.getFirst().matched(), made);
  }

  private static JdbcClient.StatementSpec bind(
      JdbcClient.StatementSpec statement, Viewer viewer, Filter filter) {
    return statement
        .param("workspace", viewer.workspace().value())
        .param("user", viewer.user())
        .param("all", viewer.all())
        .param("task", filter.task())
        .param("agent", filter.agent())
        .param("runtime", filter.runtime())
        .param("reason", filter.reason());
  }
}
