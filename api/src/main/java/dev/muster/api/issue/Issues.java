package dev.muster.api.issue;

import dev.muster.api.access.Caller;
import dev.muster.api.edge.Refused;
import dev.muster.api.issue.field.IssueRef;
import dev.muster.api.issue.field.NewIssue;
import dev.muster.api.issue.view.IssueView;
import dev.muster.events.id.AgentId;
import dev.muster.events.id.IssueId;
import dev.muster.events.id.TaskId;
import dev.muster.events.id.WorkspaceId;
import dev.muster.tasks.command.CreateAnswer;
import dev.muster.tasks.command.NewWork;
import dev.muster.tasks.command.TaskCommand;
import dev.muster.tasks.command.TaskTerms;
import dev.muster.tasks.lane.Tasks;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/// Where issues are made and found, for other packages.
@Component
public class Issues {
  private final Tasks tasks;
  private final IssueStore store;
  private final RunBrake brake;

  Issues(Tasks tasks, IssueStore store, RunBrake brake) {
    this.brake = brake;
    this.tasks = tasks;
    this.store = store;
  }

  /// The issue that a path names.
  ///
  /// @throws Refused 404 if there is none, or the caller may not see it
  public IssueView require(IssueRef ref) {
    return store.find(ref).orElseThrow(() -> Refused.notFound(IssueRef.NOT_FOUND));
  }

  /// Whether the agent may be set to work on the issue once more. If not, the issue says so.
  @Transactional
  public boolean mayRunAgain(IssueRef ref, AgentId agent) {
    var issue = store.lock(ref).orElseThrow(() -> Refused.notFound(IssueRef.NOT_FOUND));
    return brake.lets(issue, agent);
  }

  /// Makes an issue with its number, its event and, if wanted, its agent's task. Not to be called
  /// in a transaction.
  ///
  /// @param work the task to queue for the agent the issue is given to; null for none. None is
  ///   queued if that agent is gone or takes no more
  public IssueView create(
      WorkspaceId workspace, Caller by, NewIssue issue, @Nullable TaskTerms work) {
    var made =
        new NewWork.Issue(
            new IssueId(UUID.randomUUID()),
            by.author(),
            issue.title(),
            issue.description(),
            issue.status().wire(),
            issue.priority(),
            issue.assignee().type(),
            issue.assignee().id(),
            issue.parentIssueId(),
            issue.dueDate());
    var task =
        work == null ? null : new NewWork.Task(new TaskId(UUID.randomUUID()), work, false, null);
    var create =
        new TaskCommand.Create(
            workspace, new NewWork.Requester(by.user(), false), made, task, null);
    return switch (tasks.ask(workspace, create)) {
      case CreateAnswer.Created created -> view(workspace, made, created);
      case CreateAnswer.MadeBefore _,
          CreateAnswer.KeyMisused _,
          CreateAnswer.AgentUnknown _,
          CreateAnswer.AgentDraining _ ->
          throw new IllegalStateException("no issue was made");
    };
  }

  private static IssueView view(
      WorkspaceId workspace, NewWork.Issue issue, CreateAnswer.Created created) {
    return new IssueView(
        issue.id().value(),
        workspace.value(),
        created.number(),
        created.identifier(),
        issue.title(),
        issue.description(),
        issue.status(),
        issue.priority().wire(),
        issue.assigneeType(),
        issue.assigneeId(),
        issue.creator().type(),
        issue.creator().id(),
        issue.parent(),
        0,
        issue.dueDate(),
        created.createdAt(),
        created.createdAt());
  }
}
