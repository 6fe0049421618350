package dev.muster.tasks.decide;

import dev.muster.events.id.RuntimeId;
import dev.muster.events.id.TaskId;
import dev.muster.events.task.DeadlineReason;
import dev.muster.events.task.FailureReason;
import dev.muster.events.task.TaskState;
import dev.muster.tasks.command.Deadlines;
import dev.muster.tasks.command.Said.LeftSession;
import dev.muster.tasks.decide.Task.Deadline;
import dev.muster.tasks.decide.Task.End;
import dev.muster.tasks.decide.Task.Lease;
import dev.muster.tasks.decide.Task.Place;
import dev.muster.tasks.decide.Task.Session;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// What a task becomes by each change: its next row. Whether a change may happen is decided by
/// whoever makes it; its event is counted by [Board#tell].
///
/// @param now the database's clock
record Transitions(Instant now, Deadlines deadlines) {
  /// The dispatcher has chosen a runtime.
  Task assign(Task task, RuntimeId runtime) {
    return assign(
        task, runtime, new Deadline(now.plus(deadlines.assigned()), DeadlineReason.ASSIGNED));
  }

  /// The agent names the runtime, so there was nothing to choose, and it stays there.
  Task assignPinned(Task task, RuntimeId runtime) {
    return assign(task, runtime, task.deadline());
  }

  private Task assign(Task task, RuntimeId runtime, @Nullable Deadline deadline) {
    var place = task.place();
    return task.with(
            new Place(
                runtime, place.ready(), place.rankAt(), place.runAfter(), place.queuedAt(), now))
        .withDeadline(deadline);
  }

  /// Takes a task from a runtime that did not claim it.
  Task takeBack(Task task) {
    var place = task.place();
    return task.with(
            new Place(
                null, place.ready(), place.rankAt(), place.runAfter(), place.queuedAt(), null))
        .withDeadline(Deadline.expiry(task.terms().expiresAt()));
  }

  /// Lets a task be claimed from now on.
  Task ready(Task task) {
    var place = task.place();
    return task.with(
            new Place(
                place.runtime(),
                true,
                place.rankAt(),
                place.runAfter(),
                place.queuedAt(),
                place.assignedAt()))
        .withDeadline(Deadline.expiry(task.terms().expiresAt()));
  }

  Task claim(Task task) {
    var lease = task.lease();
    return task.with(TaskState.DISPATCHED)
        .withGeneration(task.generation() + 1)
        .with(new Lease(now, now, lease.startedAt(), lease.cancelRequestedAt()))
        .withDeadline(startDeadline());
  }

  /// The claim is answered once more, as a claim of its own: should the first answer have been
  /// heard after all, by a worker that slept, that worker cannot start any more.
  Task deliverAgain(Task task) {
    return task.withGeneration(task.generation() + 1).with(delivered(task.lease()));
  }

  /// The claim is answered once more, to whoever made it.
  Task delivered(Task task) {
    return task.with(delivered(task.lease()));
  }

  /// Lets the start deadline begin anew, no later than an hour after the claim.
  Task prepare(Task task) {
    var claimed = task.lease().dispatchedAt();
    var last = (claimed == null ? now : claimed).plus(Deadlines.PREPARE_MAX);
    var wanted = now.plus(deadlines.start());
    var at = wanted.isBefore(last) ? wanted : last;
    var before = task.deadline();
    return task.with(delivered(task.lease()))
        .withDeadline(
            before != null && before.at().isAfter(at)
                ? before
                : new Deadline(at, DeadlineReason.DEADLINE_START));
  }

  Task start(Task task) {
    var lease = task.lease();
    return task.with(TaskState.RUNNING)
        .with(new Lease(lease.dispatchedAt(), lease.deliveredAt(), now, lease.cancelRequestedAt()))
        .withDeadline(runDeadline(task, now));
  }

  /// Ends a run well, or, if somebody had asked for its end, as cancelled; its result is kept all
  /// the same.
  Task complete(Task task, String result) {
    var cancelled = task.isCancelRequested();
    return task.with(cancelled ? TaskState.CANCELLED : TaskState.COMPLETED)
        .with(
            new End(
                now,
                result,
                task.end().error(),
                cancelled ? FailureReason.CANCELLED : null,
                task.end().redrivenBy()))
        .withDeadline(null);
  }

  /// The runtime that a waiting task was taken from has done the work after all.
  ///
  /// @param holder that runtime; null if it is not known which it was
  Task returned(Task task, @Nullable RuntimeId holder) {
    var place = task.place();
    return task.with(
        new Place(
            holder == null && task.needs().pinned() ? place.runtime() : holder,
            true,
            place.rankAt(),
            place.runAfter(),
            place.queuedAt(),
            place.assignedAt()));
  }

  /// How a task goes on that comes back to the queue.
  ///
  /// @param costsAttempt whether it is the next of its attempts
  /// @param pause until it may be claimed; null if at once
  record Next(boolean costsAttempt, @Nullable Duration pause) {}

  /// Puts a task back into the queue for another attempt.
  Task requeue(Task task, FailureReason reason, Next next) {
    var place = task.place();
    var begins = next.pause() == null ? null : now.plus(next.pause());
    return task.with(TaskState.QUEUED)
        .withAttempt(next.costsAttempt() ? task.attempt() + 1 : task.attempt())
        .with(
            new Place(
                task.needs().pinned() ? place.runtime() : null,
                begins == null,
                place.rankAt(),
                begins == null ? place.runAfter() : begins,
                now,
                null))
        .with(new Lease(null, task.lease().deliveredAt(), null, task.lease().cancelRequestedAt()))
        .with(new End(null, task.end().result(), null, reason, task.end().redrivenBy()))
        .withDeadline(
            begins == null
                ? Deadline.expiry(task.terms().expiresAt())
                : new Deadline(begins, DeadlineReason.READY));
  }

  Task fail(Task task, FailureReason reason, String error) {
    return task.with(TaskState.FAILED)
        .with(new End(now, task.end().result(), error, reason, task.end().redrivenBy()))
        .withDeadline(null);
  }

  Task cancel(Task task) {
    return task.with(TaskState.CANCELLED)
        .with(
            new End(
                now, task.end().result(), null, FailureReason.CANCELLED, task.end().redrivenBy()))
        .withDeadline(null);
  }

  /// Asks the runtime of a running task to end it.
  Task requestCancel(Task task) {
    var lease = task.lease();
    var grace = now.plus(deadlines.cancelGrace());
    var before = task.deadline();
    var at = before != null && before.at().isBefore(grace) ? before.at() : grace;
    return task.with(new Lease(lease.dispatchedAt(), lease.deliveredAt(), lease.startedAt(), now))
        .withDeadline(new Deadline(at, DeadlineReason.CANCELLED));
  }

  /// A daemon that runs one task at a time asks for the next, so it is through with this one. If
  /// that was to be cancelled, it is; else its final report is lost, unless it comes after all.
  Task forgotten(Task task) {
    var before = task.deadline();
    if (task.isCancelRequested()) {
      return task.withDeadline(new Deadline(now, DeadlineReason.CANCELLED));
    }
    var lost = now.plus(deadlines.reportLost());
    return task.withDeadline(
        new Deadline(
            before != null && before.at().isBefore(lost) ? before.at() : lost,
            DeadlineReason.REPORT_LOST));
  }

  Task keepSession(Task task, LeftSession left) {
    var before = task.session();
    if (left.id() == null && left.workDir() == null) {
      return task;
    }
    return task.with(
        new Session(
            left.id() == null ? before.id() : left.id(),
            left.workDir() == null ? before.workDir() : left.workDir(),
            left.id() == null ? before.runtime() : task.place().runtime()));
  }

  /// Nobody goes on with the session; its directory stays.
  Task forgetSession(Task task) {
    var before = task.session();
    return task.with(new Session(null, before.workDir(), before.runtime()));
  }

  Task redriven(Task task, TaskId by) {
    var end = task.end();
    return task.with(new End(end.at(), end.result(), end.error(), end.reason(), by));
  }

  /// The deadline that a task's state has by itself, for one whose own meant nothing in its state.
  @Nullable Deadline ofState(Task task) {
    return switch (task.state()) {
      case DISPATCHED -> startDeadline();
      case RUNNING -> {
        var started = task.lease().startedAt();
        yield task.isCancelRequested()
            ? new Deadline(now, DeadlineReason.CANCELLED)
            : runDeadline(task, started == null ? now : started);
      }
      case QUEUED -> {
        var begins = task.place().runAfter();
        yield task.place().ready()
            ? Deadline.expiry(task.terms().expiresAt())
            : new Deadline(begins == null ? now : begins, DeadlineReason.READY);
      }
      case COMPLETED, FAILED, CANCELLED -> null;
    };
  }

  private Deadline startDeadline() {
    return new Deadline(now.plus(deadlines.start()), DeadlineReason.DEADLINE_START);
  }

  private Deadline runDeadline(Task task, Instant started) {
    var limits = task.terms().limits();
    var run = started.plus(limits.run(deadlines));
    var idle = limits.idle(deadlines);
    return idle == null || !started.plus(idle).isBefore(run)
        ? new Deadline(run, DeadlineReason.DEADLINE_RUN)
        : new Deadline(started.plus(idle), DeadlineReason.DEADLINE_IDLE);
  }

  private Lease delivered(Lease lease) {
    return new Lease(lease.dispatchedAt(), now, lease.startedAt(), lease.cancelRequestedAt());
  }
}
