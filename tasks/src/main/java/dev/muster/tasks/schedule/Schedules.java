package dev.muster.tasks.schedule;

import dev.muster.events.EventType;
import dev.muster.events.id.ScheduleId;
import dev.muster.events.id.TaskId;
import dev.muster.events.id.UserId;
import dev.muster.events.storage.StoredBytes;
import dev.muster.tasks.lane.Tasks;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;

/// Makes the tasks of schedules when they are due.
///
/// A time that is due becomes a task, or is counted as missed, in the transaction that moves the
/// schedule on to the next one; the schedule's row is locked from before it is read. So any number
/// of dispatchers may fire, and one that dies between two lines has done all of it or nothing.
public final class Schedules {
  private static final Logger log = LoggerFactory.getLogger(Schedules.class);
  private static final int BATCH_MAX = 100;

  /// How long a schedule whose firing failed unexpectedly lets the others go on.
  private static final Duration PUT_OFF = Duration.ofSeconds(10);

  private final ScheduleRows rows;
  private final ScheduleEvents events;
  private final Runs runs;
  private final TransactionTemplate transaction;

  /// @param stored says which workspaces are full, so that nothing is made there
  public Schedules(
      JdbcClient db,
      ScheduleEvents events,
      Tasks tasks,
      StoredBytes stored,
      TransactionTemplate transaction) {
    this.rows = new ScheduleRows(db);
    this.events = events;
    this.runs = new Runs(rows, tasks, stored);
    this.transaction = transaction;
  }

  /// The database's clock; empty while nothing is due by it.
  public Optional<Instant> clockIfDue() {
    return rows.clockIfDue();
  }

  /// Fires what is due, each schedule in a transaction of its own. Returns how many it has fired:
  /// there may be more while that is not 0.
  public int fireDue(Instant now) {
    return (int) rows.due(now, BATCH_MAX).stream().filter(due -> fireOrPutOff(due, now)).count();
  }

  private boolean fireOrPutOff(ScheduleId schedule, Instant now) {
    try {
      return Boolean.TRUE.equals(transaction.execute(_ -> fire(schedule, now)));
    } catch (RuntimeException e) {
      log.atWarn()
          .addKeyValue("schedule", schedule)
          .setCause(e)
          .log("A schedule could not be fired, and is tried again");
      transaction.executeWithoutResult(_ ->
          rows.putOff(schedule, now.plus(PUT_OFF), "It could not be run, and is tried again."));
      return false;
    }
  }

  /// Fires a schedule in the caller's transaction, unless somebody else does, or has done it.
  public boolean fire(ScheduleId schedule, Instant now) {
    var found = rows.lockDue(schedule, now);
    found.ifPresent(due -> fire(due, now));
    return found.isPresent();
  }

  private void fire(Schedule schedule, Instant now) {
    var recurrence = schedule.recurrence();
    var dueAt = schedule.dueAt();
    var actedOn = schedule.nextRunAt();
    if (dueAt == null || actedOn == null) {
      throw new IllegalStateException("schedule %s is not due".formatted(schedule.id()));
    }
    var due = Due.at(now, recurrence, dueAt, actedOn, schedule.catchUp());
    var made = new LinkedHashMap<Instant, TaskId>();
    var missed = new LinkedHashMap<NotRun, List<Instant>>();
    if (!due.late().isEmpty()) {
      missed.put(NotRun.LATE, due.late());
    }
    for (var time : due.runs()) {
      switch (runs.run(schedule)) {
        case RunAnswer.Made(var task) -> made.put(time, task);
        case RunAnswer.Refused(var reason, _) ->
            missed.computeIfAbsent(reason, _ -> new ArrayList<>()).add(time);
      }
    }
    var pauses = missed.keySet().stream().filter(NotRun::pauses).findFirst().orElse(null);
    var next = pauses == null ? due.next() : null;
    rows.leave(
        schedule.scheduleId(),
        new ScheduleRows.Left(
            next,
            next == null ? null : Schedule.actedOn(next, recurrence, schedule.jitterSeconds()),
            pauses != null,
            made.size(),
            missed.values().stream().mapToInt(List::size).sum(),
            made.isEmpty() ? null : made.lastEntry().getValue(),
            error(missed)));
    tell(schedule.scheduleId(), made, missed, pauses);
  }

  private static @Nullable String error(Map<NotRun, List<Instant>> missed) {
    return missed.keySet().stream()
        .filter(NotRun::isError)
        .map(NotRun::sentence)
        .findFirst()
        .orElse(null);
  }

  private void tell(
      ScheduleId schedule,
      Map<Instant, TaskId> made,
      Map<NotRun, List<Instant>> missed,
      @Nullable NotRun pauses) {
    missed.forEach((reason, times) -> events.missed(schedule, reason, times));
    made.forEach((time, task) -> events.fired(schedule, task, time, null));
    if (pauses != null) {
      events.changed(schedule, EventType.SCHEDULE_PAUSED, pauses);
    }
  }

  /// Makes a task of the schedule now, besides those that are due. In the caller's transaction,
  /// which has locked the schedule's row.
  public RunAnswer runNow(Schedule schedule, UserId by) {
    var answer = runs.run(schedule);
    if (answer instanceof RunAnswer.Made(var task)) {
      rows.leave(
          schedule.scheduleId(),
          new ScheduleRows.Left(
              schedule.dueAt(), schedule.nextRunAt(), schedule.paused(), 1, 0, task, null));
      events.fired(schedule.scheduleId(), task, null, by);
    }
    return answer;
  }
}
