package dev.muster.tasks.schedule;

import dev.muster.events.id.AgentId;
import dev.muster.events.id.IssueId;
import dev.muster.events.id.TaskId;
import dev.muster.events.id.UserId;
import dev.muster.events.id.WorkspaceId;
import dev.muster.events.storage.StoredBytes;
import dev.muster.tasks.command.Author;
import dev.muster.tasks.command.CreateAnswer;
import dev.muster.tasks.command.Limits;
import dev.muster.tasks.command.NewWork;
import dev.muster.tasks.command.Priority;
import dev.muster.tasks.command.TaskCommand;
import dev.muster.tasks.command.TaskTerms;
import dev.muster.tasks.lane.Tasks;
import java.util.Objects;
import java.util.UUID;

/// Makes the tasks of a schedule whose row the caller has locked, in the caller's transaction.
final class Runs {
  /// How many runs of one schedule wait at most.
  static final int OPEN_MAX = 100;

  private final ScheduleRows rows;
  private final Tasks tasks;
  private final StoredBytes stored;

  Runs(ScheduleRows rows, Tasks tasks, StoredBytes stored) {
    this.rows = rows;
    this.tasks = tasks;
    this.stored = stored;
  }

  /// Makes a task, as its author would by hand: with the rights that they have now.
  RunAnswer run(Schedule schedule) {
    var administers = rows.authorAdministers(schedule);
    if (administers.isEmpty()) {
      return new RunAnswer.Refused(NotRun.AUTHOR_GONE, null);
    }
    if (stored.isFull(new WorkspaceId(schedule.workspaceId()))) {
      return new RunAnswer.Refused(NotRun.STORAGE_FULL, null);
    }
    var open = rows.open(schedule.scheduleId(), OPEN_MAX);
    switch (Overlap.of(schedule.overlap())) {
      case SKIP -> {
        if (!open.isEmpty()) {
          return new RunAnswer.Refused(NotRun.OVERLAP, open.getFirst());
        }
      }
      case QUEUE -> {
        if (open.size() == OPEN_MAX) {
          return new RunAnswer.Refused(NotRun.QUEUE_FULL, open.getFirst());
        }
      }
      case CANCEL -> open.forEach(task -> tasks.within(new TaskCommand.Cancel(task)));
    }
    return switch (tasks.within(create(schedule, administers.get()))) {
      case CreateAnswer.Created created ->
          new RunAnswer.Made(
              new TaskId(Objects.requireNonNull(created.task(), "a required task").view().id()));
      case CreateAnswer.AgentUnknown _ -> new RunAnswer.Refused(NotRun.AGENT_GONE, null);
      case CreateAnswer.AgentDraining _ -> new RunAnswer.Refused(NotRun.AGENT_DRAINING, null);
      case CreateAnswer.MadeBefore _, CreateAnswer.KeyMisused _ ->
          throw new IllegalStateException(
              "a run of schedule %s has no key".formatted(schedule.id()));
    };
  }

  private static TaskCommand.Create create(Schedule schedule, boolean administers) {
    var author = new UserId(schedule.createdBy());
    var issue =
        new NewWork.Issue(
            new IssueId(UUID.randomUUID()),
            Author.member(author),
            schedule.title(),
            schedule.prompt(),
            "todo",
            Priority.of(schedule.priority()),
            "agent",
            new AgentId(schedule.agentId()).value(),
            null,
            null);
    return new TaskCommand.Create(
        new WorkspaceId(schedule.workspaceId()),
        new NewWork.Requester(author, administers),
        issue,
        new NewWork.Task(
            new TaskId(UUID.randomUUID()), terms(schedule), true, schedule.scheduleId()),
        null);
  }

  /// One run at a time, whatever the overlap: one that was asked to end is not over yet, and a
  /// retry by hand is a run as well.
  private static TaskTerms terms(Schedule schedule) {
    return new TaskTerms(
        Priority.of(schedule.priority()).weight(),
        null,
        new Limits(schedule.timeoutSeconds(), schedule.idleTimeoutSeconds()),
        Objects.requireNonNullElse(schedule.concurrencyKey(), "schedule-" + schedule.id()),
        schedule.maxAttempts());
  }
}
