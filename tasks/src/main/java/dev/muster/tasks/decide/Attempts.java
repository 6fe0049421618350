package dev.muster.tasks.decide;

import dev.muster.events.EventType;
import dev.muster.events.task.FailureReason;
import dev.muster.events.task.TaskState;
import dev.muster.tasks.command.EndedAttempts;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// Ends attempts that came to nothing, for everybody who has a reason to.
///
/// A task with attempts left goes back to the queue: to its own runtime if the agent names one, to
/// any that fits otherwise, after a pause that grows each time. The last attempt fails the task,
/// and the agent says so in a comment. A task whose end was asked for is cancelled. A retried task
/// is queued beside any other queued task of the same agent and issue, which is other work.
final class Attempts {
  /// The pause before another attempt is random, up to this, doubled with each attempt: exponential
  /// backoff with full jitter, as in Brooker's *Exponential Backoff and Jitter*.
  static final Duration BACKOFF_BASE = Duration.ofSeconds(5);

  static final Duration BACKOFF_MAX = Duration.ofMinutes(10);

  /// How often a task is claimed at most: what costs no attempt would go on for ever otherwise.
  static final int CLAIMS_MAX = 100;

  /// What a task that was given back without cost waits for, from the second time on; doubled each
  /// time.
  static final Duration GIVEN_BACK_BASE = Duration.ofSeconds(1);

  /// So often a task may be given back without cost; from then on each time costs an attempt, so
  /// that one that nobody can run comes to an end.
  static final int GIVEN_BACK_MAX = 20;

  private static final int HISTORY_ERROR_MAX = 4_096;

  private final Board board;

  Attempts(Board board) {
    this.board = board;
  }

  /// Ends the task's attempt, as far as the reason can end it: only a queued task expires, only a
  /// running one can overrun or be idle, and only a run whose end was asked for is cancelled.
  ///
  /// @param error what a person reads; empty leaves no comment
  EndedAttempts end(Task task, FailureReason reason, String error) {
    if (!canEnd(task, reason)) {
      return EndedAttempts.NONE;
    }
    var transitions = board.transitions;
    if (task.isCancelRequested()) {
      board.tell(EventType.TASK_CANCELLED, transitions.cancel(task));
      return new EndedAttempts(1, 0);
    }
    if (reason.isRetried() && task.generation() >= CLAIMS_MAX) {
      return fail(task, FailureReason.CLAIMED_TOO_OFTEN, tooOften(reason));
    }
    if (isRetried(task, reason)) {
      board.end(attempt(task, reason, error));
      var next = new Transitions.Next(costs(task, reason), pause(task, reason));
      board.tell(EventType.TASK_REQUEUED, transitions.requeue(task, reason, next));
      return new EndedAttempts(1, 1);
    }
    return fail(task, reason, error);
  }

  /// Ends the task badly; the agent says so in a comment.
  EndedAttempts fail(Task task, FailureReason reason, String error) {
    if (!error.isEmpty()) {
      board.comment(task, null, error, "system");
    }
    board.tell(EventType.TASK_FAILED, board.transitions.fail(task, reason, error));
    return new EndedAttempts(1, 0);
  }

  private static String tooOften(FailureReason last) {
    return "%s: %d times, at last since %s"
        .formatted(FailureReason.CLAIMED_TOO_OFTEN.sentence(), CLAIMS_MAX, last.sentence());
  }

  private static boolean canEnd(Task task, FailureReason reason) {
    if (reason == FailureReason.EXPIRED) {
      return task.state() == TaskState.QUEUED;
    }
    if (reason == FailureReason.CANCELLED) {
      return task.isCancelRequested();
    }
    var isOfRun = reason == FailureReason.DEADLINE_RUN || reason == FailureReason.DEADLINE_IDLE;
    return isOfRun ? task.state() == TaskState.RUNNING : task.isActive();
  }

  private boolean isRetried(Task task, FailureReason reason) {
    return reason.isRetried()
        && (task.attempt() < task.terms().maxAttempts() || !costs(task, reason));
  }

  private static Changes.EndedAttempt attempt(Task task, FailureReason reason, String error) {
    return new Changes.EndedAttempt(
        task.id(),
        task.attempt(),
        task.generation(),
        task.place().runtime(),
        task.lease().dispatchedAt(),
        task.lease().startedAt(),
        reason,
        error.length() > HISTORY_ERROR_MAX ? error.substring(0, HISTORY_ERROR_MAX) : error);
  }

  private static boolean costs(Task task, FailureReason reason) {
    return reason.costsAttempt() || givenBack(task) >= GIVEN_BACK_MAX;
  }

  /// How often the task came back without cost before: each claim raises the generation, and what
  /// costs raises the attempt too.
  private static long givenBack(Task task) {
    return task.generation() - task.attempt();
  }

  /// Null if the next attempt may begin at once: what is given back for the first time was mostly
  /// claimed by a runtime that is about to stop.
  private @Nullable Duration pause(Task task, FailureReason reason) {
    if (reason.costsAttempt()) {
      return random(0, doubled(BACKOFF_BASE, task.attempt() - 1));
    }
    var before = givenBack(task);
    if (before < 1) {
      return null;
    }
    // At least the half, or a pause might be shorter than the one before.
    var most = doubled(GIVEN_BACK_BASE, before - 1);
    return random(most / 2, most);
  }

  private static double doubled(Duration base, long times) {
    return Math.min((double) BACKOFF_MAX.toMillis(), base.toMillis() * Math.pow(2, (double) times));
  }

  private Duration random(double least, double most) {
    return Duration.ofMillis((long) (least + board.random.nextDouble() * (most - least)));
  }
}
