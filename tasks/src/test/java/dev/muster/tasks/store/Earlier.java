package dev.muster.tasks.store;

import dev.muster.tasks.decide.Task;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// A task to which everything happened earlier.
final class Earlier {
  private Earlier() {}

  static Task by(Task task, Duration time) {
    var terms = task.terms();
    var place = task.place();
    var lease = task.lease();
    var deadline = task.deadline();
    var end = task.end();
    return new Task(
        task.id(),
        task.workspace(),
        task.agent(),
        task.issue(),
        task.createdAt().minus(time),
        task.parent(),
        task.needs(),
        new Task.Terms(
            terms.priority(),
            terms.maxAttempts(),
            terms.own(),
            terms.ofAgent(),
            terms.concurrencyKey(),
            by(terms.expiresAt(), time),
            terms.schedule()),
        task.state(),
        task.attempt(),
        task.generation(),
        task.seq(),
        new Task.Place(
            place.runtime(),
            place.ready(),
            place.rankAt().minus(time),
            by(place.runAfter(), time),
            place.queuedAt().minus(time),
            by(place.assignedAt(), time)),
        new Task.Lease(
            by(lease.dispatchedAt(), time),
            by(lease.deliveredAt(), time),
            by(lease.startedAt(), time),
            by(lease.cancelRequestedAt(), time)),
        deadline == null
            ? null
            : new Task.Deadline(Objects.requireNonNull(by(deadline.at(), time)), deadline.reason()),
        task.session(),
        new Task.End(by(end.at(), time), end.result(), end.error(), end.reason(), end.redrivenBy()),
        task.comments());
  }

  private static @Nullable Instant by(@Nullable Instant at, Duration time) {
    return at == null ? null : at.minus(time);
  }
}
