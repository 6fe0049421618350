package dev.muster.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.muster.events.task.Command;
import dev.muster.events.task.Generation;
import dev.muster.events.task.Outcome;
import dev.muster.events.task.Standing;
import dev.muster.events.task.TaskState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/// What the servers do of themselves to a task in each state is what the table of commands says,
/// whatever deadline somebody may have left on it.
class DeadlineTableTest {
  private static final Map<Command, String> DEADLINES =
      Map.of(
          Command.TAKE_BACK, "assigned",
          Command.FINISH_CANCEL, "cancelled",
          Command.LOSE, "runtime_lost",
          Command.OVERRUN, "deadline_run",
          Command.IDLE, "deadline_idle",
          Command.EXPIRE, "expired");

  private final TestWorkspace at = TestWorkspace.make();
  private final StandingTasks tasks = new StandingTasks(at);

  /// A deadline that is not the state's is put right; of a task whose end is wished for, that one
  /// is over at once, and ends it.
  private record Case(
      UUID task, Standing standing, Command command, String deadline, StandingTasks.Row before) {
    String wrong(StandingTasks.Row after) {
      var outcome = command.on(standing, Generation.NONE);
      var isAsSaid =
          switch (outcome) {
            case Outcome.Moves(var next) -> after.state() == next && after.seq() > before.seq();
            case Outcome.Taken _,
                Outcome.Repeated _,
                Outcome.Late _,
                Outcome.Fenced _,
                Outcome.Refused _ ->
                standing.cancelRequested()
                    ? after.state() == TaskState.CANCELLED
                    : after.state() == before.state() && after.seq() == before.seq();
          };
      return isAsSaid
          ? ""
          : "%s, %s: %s was expected, and the state is %s"
              .formatted(standing, command, outcome, after.state());
    }
  }

  @Test
  void aDeadlineEndsOnlyWhatItsReasonMayEnd() {
    var cases = new ArrayList<Case>();
    for (var standing : StandingTasks.standings()) {
      for (var deadline : DEADLINES.entrySet()) {
        cases.add(prepared(standing, deadline.getKey(), deadline.getValue()));
      }
    }
    cases.forEach(c -> overdue(c.task(), c.deadline(), 10));
    awaitSweep();

    assertThat(cases.stream().map(c -> c.wrong(tasks.row(c.task())))).containsOnly("");
    assertThat(stillOverdue()).isZero();
    at.muster().feed().complete(at.muster(), at.id());
  }

  private Case prepared(Standing standing, Command command, String deadline) {
    var task = tasks.in(standing);
    if (command == Command.TAKE_BACK) {
      unpin(task);
    }
    return new Case(task, standing, command, deadline, tasks.row(task));
  }

  /// Lets it run elsewhere: what an agent has fixed to a runtime is taken from nobody.
  private void unpin(UUID task) {
    at.db().sql("UPDATE task SET pinned = false WHERE id = :id").param("id", task).update();
  }

  private void overdue(UUID task, String reason, int seconds) {
    at.db()
        .sql(
            """
            UPDATE task
               SET deadline_at = now() - make_interval(secs => :seconds), deadline_reason = :reason,
                   started_at = started_at - make_interval(secs => 2 * :seconds),
                   idle_timeout_seconds = CASE WHEN :reason = 'deadline_idle' THEN :seconds END
             WHERE id = :id
            """)
        .param("seconds", seconds)
        .param("reason", reason)
        .param("id", task)
        .update();
  }

  private int stillOverdue() {
    return at.db()
        .sql(
            """
            SELECT count(*) FROM task
             WHERE workspace_id = :id AND status IN ('queued', 'dispatched', 'running')
               AND (deadline_at IS NULL AND status <> 'queued' OR deadline_at < now() - interval '5 seconds')
            """)
        .param("id", at.id())
        .query(Integer.class)
        .single();
  }

  private int runningToBeEnded() {
    return at.db()
        .sql(
            """
            SELECT count(*) FROM task
             WHERE workspace_id = :id AND status = 'running' AND cancel_requested_at IS NOT NULL
            """)
        .param("id", at.id())
        .query(Integer.class)
        .single();
  }

  /// The longest overdue are swept first, so that what is overdue since now is swept last.
  private void awaitSweep() {
    var last = tasks.in(new Standing(TaskState.QUEUED, false, true));
    overdue(last, "expired", 1);
    await()
        .atMost(Duration.ofSeconds(30))
        .pollInterval(Duration.ofMillis(50))
        .until(() -> tasks.row(last).state() == TaskState.FAILED && runningToBeEnded() == 0);
  }
}
