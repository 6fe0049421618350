package dev.muster.tasks.command;

import dev.muster.events.id.AgentId;
import dev.muster.events.id.IssueId;
import dev.muster.events.id.RuntimeId;
import dev.muster.events.id.TaskId;
import dev.muster.events.id.WorkspaceId;
import dev.muster.events.task.FailureReason;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// What is asked of tasks. Commands that are there at the same time are decided together.
///
/// @param <A> what is answered
public sealed interface TaskCommand<A> {
  /// How many tasks a command changes at most that finds them by what they belong to: where there
  /// are more, it is given again.
  int FOUND_MAX = 1_000;

  /// A runtime says something of a task that it holds.
  ///
  /// @param workspaces those that the caller is a member of
  /// @param generation the claim the writer holds; null for daemons that do not know of it
  /// @param holder the runtime that made this claim, where the writer named the claim itself
  record Report(
      TaskId task,
      List<UUID> workspaces,
      @Nullable Long generation,
      @Nullable RuntimeId holder,
      Said said)
      implements TaskCommand<ReportAnswer> {
    public Report {
      workspaces = List.copyOf(workspaces);
    }

    public Report(TaskId task, List<UUID> workspaces, @Nullable Long generation, Said said) {
      this(task, workspaces, generation, null, said);
    }
  }

  /// A runtime takes a task.
  ///
  /// @param process what the daemon's process calls itself; one that is not the newest gets nothing
  /// @param key what the daemon calls this claim: repeated, it gets the same task
  /// @param isSerial whether a daemon that never said how many tasks it takes, and claims while its
  ///   task runs, has lost that task's final report
  record Claim(
      RuntimeId runtime,
      WorkspaceId workspace,
      @Nullable String process,
      @Nullable RequestKey key,
      boolean isSerial)
      implements TaskCommand<ClaimAnswer> {}

  /// The same claim is made once more: it is answered with the task that it was given, as long as
  /// it holds it.
  record Repeat(TaskId task, long generation) implements TaskCommand<Optional<ClaimedTask>> {}

  /// Makes an issue and, if wanted, the task of its agent.
  record Create(
      WorkspaceId workspace,
      NewWork.Requester requester,
      NewWork.Issue issue,
      NewWork.@Nullable Task task,
      @Nullable RequestKey key)
      implements TaskCommand<CreateAnswer> {
    /// The agent that is given the task; null without one.
    public @Nullable AgentId agent() {
      var assignee = issue.assigneeId();
      return task == null || assignee == null || !"agent".equals(issue.assigneeType())
          ? null
          : new AgentId(assignee);
    }
  }

  /// Queues a task for the agent on the issue, unless one is queued or claimed there already: that
  /// one sees what has happened since, and a comment that asks for work is written down with it.
  ///
  /// @param task the id of the new task
  /// @param comment the comment to be answered, if one asks for the work
  record Enqueue(TaskId task, AgentId agent, IssueId issue, TaskTerms terms, @Nullable UUID comment)
      implements TaskCommand<Optional<TaskId>> {}

  /// Queues another run of a task that is over, on the same terms.
  record Rerun(TaskId ended, TaskId task) implements TaskCommand<Optional<TaskId>> {}

  /// Makes new tasks of failed ones, on the same terms, going on with the last session. One whose
  /// agent takes no new tasks, or has a task queued for the issue, stays where it is.
  ///
  /// @param failed the oldest first
  record Redrive(WorkspaceId workspace, List<TaskId> failed) implements TaskCommand<List<TaskId>> {
    public Redrive {
      failed = List.copyOf(failed);
    }
  }

  /// Somebody wants a task ended: at once, or, while it runs, by asking its runtime to.
  ///
  /// @param by who wants it; null where that is no member and no agent
  record Cancel(TaskId task, @Nullable Author by) implements TaskCommand<CancelAnswer> {
    public Cancel(TaskId task) {
      this(task, null);
    }
  }

  /// Ends open tasks. Returns how many it changed.
  ///
  /// @param isForGood whether running tasks end without their runtimes being asked
  /// @param by as of [Cancel]
  record CancelOpen(Scope scope, boolean isForGood, @Nullable Author by)
      implements TaskCommand<Integer> {}

  /// Ends what runtimes hold, claimed or running, as far as the reason can end it.
  ///
  /// @param claimedBefore what was claimed later goes on; null where all of it ends
  record EndActive(List<RuntimeId> runtimes, FailureReason reason, @Nullable Instant claimedBefore)
      implements TaskCommand<EndedAttempts> {
    public EndActive {
      runtimes = List.copyOf(runtimes);
    }

    public EndActive(List<RuntimeId> runtimes, FailureReason reason) {
      this(runtimes, reason, null);
    }

    /// Whether a claim of that time is meant.
    public boolean isMeant(@Nullable Instant claimedAt) {
      return claimedBefore == null || (claimedAt != null && claimedAt.isBefore(claimedBefore));
    }
  }

  /// Deals with deadlines that have passed. Returns the tasks whose deadline meant nothing in their
  /// state, and was put right.
  record PassDeadlines(List<TaskId> tasks) implements TaskCommand<List<TaskId>> {
    public PassDeadlines {
      tasks = List.copyOf(tasks);
    }
  }

  /// Gives tasks their runtimes, each only if it still is queued without one. Returns how many.
  record Assign(Map<TaskId, RuntimeId> runtimes) implements TaskCommand<Integer> {
    public Assign {
      runtimes = Map.copyOf(runtimes);
    }
  }

  /// Which open tasks are meant.
  sealed interface Scope {
    record OfIssue(IssueId issue) implements Scope {}

    /// Those of the issue that nobody has claimed.
    record QueuedOfIssue(IssueId issue) implements Scope {}

    record OfAgent(AgentId agent) implements Scope {}

    record OfWorkspace(WorkspaceId workspace) implements Scope {}
  }
}
