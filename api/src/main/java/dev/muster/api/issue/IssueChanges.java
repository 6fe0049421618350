package dev.muster.api.issue;

import dev.muster.api.access.WorkspaceAccess;
import dev.muster.api.edge.Refused;
import dev.muster.api.issue.field.IssueRef;
import dev.muster.api.issue.field.NewIssue;
import dev.muster.api.issue.view.IssueUpdated;
import dev.muster.api.issue.view.IssueView;
import dev.muster.api.storage.StorageQuota;
import dev.muster.events.EventType;
import dev.muster.events.feed.Outbox;
import dev.muster.events.id.IssueId;
import dev.muster.events.storage.StoredBytes;
import dev.muster.tasks.command.TaskCommand.Scope;
import dev.muster.tasks.command.TaskTerms;
import dev.muster.tasks.lane.Tasks;
import java.util.Map;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;
import tools.jackson.databind.json.JsonMapper;

/// What members do to issues.
@Component
class IssueChanges {
  private final IssueStore store;
  private final Issues issues;
  private final IssueWork work;
  private final Tasks tasks;
  private final Outbox outbox;
  private final JsonMapper json;
  private final StorageQuota storage;

  IssueChanges(
      IssueStore store,
      Issues issues,
      IssueWork work,
      Tasks tasks,
      Outbox outbox,
      JsonMapper json,
      StorageQuota storage) {
    this.storage = storage;
    this.store = store;
    this.issues = issues;
    this.work = work;
    this.tasks = tasks;
    this.outbox = outbox;
    this.json = json;
  }

  /// Makes the issue, and queues the task that follows from it.
  public IssueView create(WorkspaceAccess access, NewIssue wanted) {
    var workspace = access.workspace();
    var parent = wanted.parentIssueId();
    if (parent != null && !store.isInWorkspace(parent, workspace)) {
      throw Refused.invalid("parent_issue_id", "names no issue of this workspace");
    }
    storage.requireRoom(workspace);
    var task =
        work.givesWork(access.caller(), workspace, wanted) ? TaskTerms.of(wanted.priority()) : null;
    return issues.create(workspace, access.caller(), wanted, task);
  }

  @Transactional
  public IssueView update(IssueRef ref, IssuePatch patch) {
    var before = store.lock(ref).orElseThrow(IssueChanges::notFound);
    var values = patch.appliedTo(before);
    var reassigned = !values.assignee().equals(before.assignee());
    if (reassigned) {
      work.requireAssignable(ref.caller(), before.workspace(), values.assignee());
    }
    if (reassigned && values.assignee().agentId().isPresent()) {
      storage.requireRoom(before.workspace());
    }
    storage.change(
        before.workspace(),
        StoredBytes.of(before.title(), before.description()),
        StoredBytes.of(values.title(), values.description()));
    store.update(before.issueId(), values);
    var after = found(before.issueId());
    outbox.append(
        after.workspace(),
        EventType.ISSUE_UPDATED,
        after.id(),
        json.writeValueAsString(IssueUpdated.of(before, after)));
    if (reassigned && patch.namesAssignee()) {
      work.reassigned(after, ref.caller());
    }
    if (patch.status() != null && values.status().isClosed()) {
      work.closed(after, ref.caller());
    }
    return after;
  }

  /// Cancels what is under way and deletes the issue.
  ///
  /// The first lock keeps other changes out and lets whoever reports on a task, and holds that
  /// task, still comment. Only then are tasks locked, and the issue against everybody; what was
  /// queued until then is cancelled by the second look.
  @Transactional
  public void delete(IssueRef ref) {
    var issue = store.lock(ref).orElseThrow(IssueChanges::notFound);
    tasks.cancelOpen(new Scope.OfIssue(issue.issueId()), true, null);
    if (!store.lockForDelete(issue.issueId())) {
      throw notFound();
    }
    tasks.cancelOpen(new Scope.OfIssue(issue.issueId()), true, null);
    store.delete(issue.issueId());
    outbox.append(
        issue.workspace(),
        EventType.ISSUE_DELETED,
        issue.id(),
        json.writeValueAsString(Map.of("issue_id", issue.id())));
  }

  private IssueView found(IssueId issue) {
    return store.find(issue).orElseThrow(IssueChanges::notFound);
  }

  private static Refused notFound() {
    return Refused.notFound(IssueRef.NOT_FOUND);
  }
}
