package dev.muster.api.task;

import dev.muster.api.task.ReportStore.Writer;
import dev.muster.events.attempt.Deadlines;
import dev.muster.events.feed.Outbox;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/// Starts of claimed tasks. Those that arrive together are one change.
@Repository
class StartStore {
  private static final String START =
      Writers.HELD
          + """
          , moved AS (
            UPDATE task t
               SET status = 'running', started_at = now(), deadline_reason = 'deadline_run',
                   deadline_at = now() + make_interval(secs => coalesce(t.timeout_seconds, :run)),
                   event_seq = t.event_seq + 1
              FROM held WHERE t.id = held.id AND t.status = 'dispatched'
            RETURNING new AS t
          ), told AS (
            INSERT INTO outbox (workspace_id, type, subject_id, seq, data)
            SELECT (t).workspace_id, 'task.running', (t).id, (t).event_seq, task_event(t) FROM moved
          ), t AS (SELECT (t).* FROM moved)
          SELECT %s FROM t
          """;
  private static final String ALONE =
      START.formatted("", "", "dispatched", Writers.ALONE, TaskView.COLUMNS);
  private static final String TOGETHER =
      START.formatted("", "", "dispatched", Writers.TOGETHER, TaskView.COLUMNS);

  private final JdbcClient db;
  private final Outbox outbox;
  private final Deadlines deadlines;
  private final GroupCommit<Writer, Optional<TaskView>> together =
      new GroupCommit<>(writers -> start(TOGETHER, writers));

  StartStore(JdbcClient db, Outbox outbox, Deadlines deadlines) {
    this.db = db;
    this.outbox = outbox;
    this.deadlines = deadlines;
  }

  /// The running task; empty if the guard did not hold.
  Optional<TaskView> start(Writer writer) {
    return together.write(writer).or(() -> start(ALONE, List.of(writer)).getFirst());
  }

  private List<Optional<TaskView>> start(String sql, List<Writer> writers) {
    var answers =
        Writers.answers(
            writers,
            Writers.distinct(writers, Function.identity()),
            Function.identity(),
            db.sql(sql).param("run", Deadlines.seconds(deadlines.run())));
    if (answers.stream().anyMatch(Optional::isPresent)) {
      outbox.wake();
    }
    return answers;
  }
}
