package dev.muster.tasks.decide;

import dev.muster.events.EventType;
import dev.muster.events.id.AgentId;
import dev.muster.events.id.IssueId;
import dev.muster.events.id.RuntimeId;
import dev.muster.events.id.TaskId;
import dev.muster.events.id.WorkspaceId;
import dev.muster.events.task.FailureReason;
import dev.muster.events.trace.TraceContext;
import dev.muster.tasks.command.Author;
import dev.muster.tasks.command.NewWork;
import dev.muster.tasks.command.RequestKey;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// What a batch changes: all of it is written in one transaction, or nothing.
///
/// @param issues made, before their tasks
/// @param made tasks that are new, as they are at the end of the batch
/// @param changed tasks that were there before, each with what it was
/// @param events in the order in which they happened
/// @param traces what new tasks came from, where that is traced
/// @param cancels who asked for the end of tasks
public record Changes(
    List<MadeIssue> issues,
    List<Task> made,
    List<Changed> changed,
    List<EndedAttempt> attempts,
    List<Comment> comments,
    List<UsedKey> keys,
    List<Pace> paces,
    List<TaskEvent> events,
    List<Traced> traces,
    List<CancelledBy> cancels) {
  public Changes {
    issues = List.copyOf(issues);
    made = List.copyOf(made);
    changed = List.copyOf(changed);
    attempts = List.copyOf(attempts);
    comments = List.copyOf(comments);
    keys = List.copyOf(keys);
    paces = List.copyOf(paces);
    events = List.copyOf(events);
    traces = List.copyOf(traces);
    cancels = List.copyOf(cancels);
  }

  /// The same, of tasks that came from these.
  public Changes traced(List<Traced> from) {
    return new Changes(
        issues, made, changed, attempts, comments, keys, paces, events, from, cancels);
  }

  public boolean isEmpty() {
    return issues.isEmpty() && made.isEmpty() && changed.isEmpty() && events.isEmpty();
  }

  public record MadeIssue(WorkspaceId workspace, int number, NewWork.Issue issue) {}

  public record Changed(Task before, Task after) {}

  /// An attempt that ended without ending the task.
  public record EndedAttempt(
      TaskId task,
      int attempt,
      long generation,
      @Nullable RuntimeId runtime,
      @Nullable Instant dispatchedAt,
      @Nullable Instant startedAt,
      FailureReason reason,
      String error) {}

  /// What an agent says on an issue by ending a task.
  ///
  /// @param parent the comment that it stands under; null for none, or if that is gone by then
  /// @param type `comment` or `system`
  public record Comment(
      UUID id, IssueId issue, AgentId author, @Nullable UUID parent, String content, String type) {}

  /// What a request with a key has made.
  public record UsedKey(UUID scope, RequestKey key, TaskId task, long generation) {}

  /// When an agent was given its last tasks.
  ///
  /// @param tasks how many
  /// @param ratePerMinute null where there is no rate to keep
  public record Pace(AgentId agent, int tasks, @Nullable Integer ratePerMinute) {}

  /// An event of the feed.
  ///
  /// @param seq null for events that are not a task's
  /// @param data a JSON object
  public record TaskEvent(
      WorkspaceId workspace, EventType type, UUID subject, @Nullable Long seq, String data) {}

  /// A task whose end somebody has asked for.
  public record CancelledBy(TaskId task, Author by) {}

  /// A new task, and the span of the request that asked for it.
  public record Traced(TaskId task, TraceContext from) {}
}
