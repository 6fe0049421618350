package dev.muster.api.issue;

import dev.muster.api.access.Caller;
import dev.muster.api.access.Scope;
import dev.muster.api.agent.Triggers;
import dev.muster.api.edge.Refused;
import dev.muster.api.issue.field.Assignee;
import dev.muster.api.issue.field.IssueStatus;
import dev.muster.api.issue.field.NewIssue;
import dev.muster.api.issue.view.IssueView;
import dev.muster.events.id.AgentId;
import dev.muster.events.id.TaskId;
import dev.muster.events.id.WorkspaceId;
import dev.muster.tasks.command.Priority;
import dev.muster.tasks.command.TaskCommand;
import dev.muster.tasks.command.TaskTerms;
import dev.muster.tasks.lane.Tasks;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/// What a change of an issue gives its agent to do, and takes away from it, in the transaction of
/// the change.
@Component
class IssueWork {
  private final AssigneeStore assignees;
  private final Tasks tasks;
  private final RunBrake brake;
  private final JsonMapper json;

  IssueWork(AssigneeStore assignees, Tasks tasks, RunBrake brake, JsonMapper json) {
    this.brake = brake;
    this.assignees = assignees;
    this.tasks = tasks;
    this.json = json;
  }

  /// Refuses an assignee who is not of the workspace, or not the caller's to see.
  void requireAssignable(Caller caller, WorkspaceId workspace, Assignee assignee) {
    var id = assignee.id();
    if (id == null) {
      return;
    }
    var agent = assignee.agentId();
    if (agent.isPresent() && !assignees.isAgentFor(caller, workspace, agent.get())) {
      throw Refused.invalid("assignee_id", "names no agent of this workspace");
    }
    if (agent.isEmpty() && !assignees.isMember(workspace, id)) {
      throw Refused.invalid("assignee_id", "names no member of this workspace");
    }
  }

  /// Whether a new issue sets its agent to work. Refuses an assignee as [#requireAssignable] does.
  boolean givesWork(Caller caller, WorkspaceId workspace, NewIssue issue) {
    var agent = issue.assignee().agentId();
    if (agent.isEmpty()) {
      requireAssignable(caller, workspace, issue.assignee());
      return false;
    }
    var triggers = assignees.triggersFor(caller, workspace, agent.get());
    if (triggers.isEmpty()) {
      throw Refused.invalid("assignee_id", "names no agent of this workspace");
    }
    return issue.status() == IssueStatus.TODO
        && Triggers.isOn(json.readTree(triggers.get()), Triggers.ON_ASSIGN);
  }

  /// The issue was given to somebody. An agent does not set itself to work where it is at work.
  void assigned(IssueView issue, Caller by) {
    var work = by.work();
    if (work != null
        && work.issue().equals(issue.issueId())
        && issue.assignee().agentId().equals(Optional.of(work.agent()))) {
      return;
    }
    if (IssueStatus.of(issue.status()) == IssueStatus.TODO) {
      issue
          .assignee()
          .agentId()
          .filter(agent -> isOn(issue, agent, Triggers.ON_ASSIGN))
          .ifPresent(agent -> enqueue(issue, agent, null));
    }
  }

  /// The issue was taken from whoever had it, and given to somebody else. An agent that hands its
  /// issue on ends its own run as it likes.
  void reassigned(IssueView issue, Caller by) {
    var open =
        by.work() == null
            ? new TaskCommand.Scope.OfIssue(issue.issueId())
            : new TaskCommand.Scope.QueuedOfIssue(issue.issueId());
    tasks.cancelOpen(open, false, by.author());
    assigned(issue, by);
  }

  /// The issue was closed: what nobody has begun is not begun any more, what runs goes on.
  void closed(IssueView issue, Caller by) {
    tasks.cancelOpen(new TaskCommand.Scope.QueuedOfIssue(issue.issueId()), false, by.author());
  }

  /// A member commented on the issue. A task that waits answers the comment too.
  ///
  /// What an agent says sets nobody to work: two of them would answer each other for ever. A
  /// daemon's token is what an agent without a token of its own comments with, so such a comment
  /// does not set the same agent to work again: it would answer itself for ever. Whatever token a
  /// daemon has, what is written with it while its agent is at work counts as the agent's.
  void commented(IssueView issue, UUID comment, Caller author) {
    if (IssueStatus.of(issue.status()).isClosed() || author.work() != null) {
      return;
    }
    issue
        .assignee()
        .agentId()
        .filter(agent -> mayAsk(author, issue, agent))
        .filter(
            agent -> author.scope() != Scope.DAEMON || !assignees.isAtWork(agent, issue.issueId()))
        .filter(agent -> !assignees.isWrittenBy(author, agent, issue.issueId()))
        .ifPresent(agent -> enqueue(issue, agent, comment));
  }

  /// Whether the agent works on comments, and the author may give it work: a private agent is not
  /// set to work by a comment of somebody else.
  private boolean mayAsk(Caller author, IssueView issue, AgentId agent) {
    return assignees
        .triggersFor(author, issue.workspace(), agent)
        .map(triggers -> Triggers.isOn(json.readTree(triggers), Triggers.ON_COMMENT))
        .orElse(false);
  }

  private boolean isOn(IssueView issue, AgentId agent, String trigger) {
    return assignees
        .triggers(issue.workspace(), agent)
        .map(triggers -> Triggers.isOn(json.readTree(triggers), trigger))
        .orElse(false);
  }

  private void enqueue(IssueView issue, AgentId agent, @Nullable UUID comment) {
    if (!brake.lets(issue, agent)) {
      return;
    }
    var terms = TaskTerms.of(Priority.of(issue.priority()));
    var made =
        tasks.within(
            new TaskCommand.Enqueue(
                new TaskId(UUID.randomUUID()), agent, issue.issueId(), terms, comment));
    if (comment != null) {
      made.ifPresent(task -> assignees.noteTrigger(task, comment));
    }
  }
}
