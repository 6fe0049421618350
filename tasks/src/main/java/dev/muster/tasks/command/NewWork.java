package dev.muster.tasks.command;

import dev.muster.events.id.IssueId;
import dev.muster.events.id.ScheduleId;
import dev.muster.events.id.TaskId;
import dev.muster.events.id.UserId;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// What is made together: an issue, and the task that is queued for its agent.
public final class NewWork {
  private NewWork() {}

  /// An issue to be made.
  ///
  /// @param assigneeType `member` or `agent`; null with `assigneeId`
  public record Issue(
      IssueId id,
      Author creator,
      String title,
      @Nullable String description,
      String status,
      Priority priority,
      @Nullable String assigneeType,
      @Nullable UUID assigneeId,
      @Nullable UUID parent,
      @Nullable Instant dueDate) {}

  /// A task to be queued for the agent that the issue is given to.
  ///
  /// @param isRequired whether nothing at all is made if the agent takes no task
  /// @param schedule what makes it by itself; null for what somebody asked for
  public record Task(
      TaskId id, TaskTerms terms, boolean isRequired, @Nullable ScheduleId schedule) {}

  /// Who asks. Private agents are for their owner and for those who administer the workspace.
  public record Requester(UserId user, boolean administers) {}
}
