package dev.muster.tasks.decide;

import dev.muster.events.InstantText;
import dev.muster.events.id.AttemptId;
import dev.muster.events.task.FailureReason;
import dev.muster.tasks.command.NewWork;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// The data of events about tasks, and about the issues and comments that come with them: the JSON
/// that the feed carries, made once.
final class EventData {
  /// Multica's clients read whole seconds of issues and comments.
  private static final DateTimeFormatter SECONDS =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss'Z'").withZone(ZoneOffset.UTC);

  private EventData() {}

  static String task(Task task) {
    var place = task.place();
    var lease = task.lease();
    var end = task.end();
    return new JsonText()
        .text("id", task.id().toString())
        .text("workspace_id", task.workspace().toString())
        .text("agent_id", task.agent().toString())
        .text("issue_id", task.issue().toString())
        .text("runtime_id", place.runtime() == null ? null : place.runtime().toString())
        .raw("pinned", Boolean.toString(task.needs().pinned()))
        .text("status", task.state().wire())
        .raw("priority", Integer.toString(task.terms().priority()))
        .raw("attempt", Integer.toString(task.attempt()))
        .raw("max_attempts", Integer.toString(task.terms().maxAttempts()))
        .raw("claim_generation", Long.toString(task.generation()))
        .text(
            "attempt_id",
            task.generation() == 0 ? null : AttemptId.of(task.id(), task.generation()).toString())
        .text("created_at", micros(task.createdAt()))
        .text("queued_at", micros(place.queuedAt()))
        .text("assigned_at", micros(place.assignedAt()))
        .text("dispatched_at", micros(lease.dispatchedAt()))
        .text("started_at", micros(lease.startedAt()))
        .text("completed_at", micros(end.at()))
        .raw("result", end.result())
        .text("error", end.error())
        .text("failure_reason", wire(end.reason()))
        .text("session_id", task.session().id())
        .text("work_dir", task.session().workDir())
        .text("run_after", micros(place.runAfter()))
        .text("concurrency_key", task.terms().concurrencyKey())
        .text("cancel_requested_at", micros(lease.cancelRequestedAt()))
        .texts("comment_ids", task.comments())
        .text("parent_task_id", task.parent() == null ? null : task.parent().toString())
        .text(
            "schedule_id",
            task.terms().schedule() == null ? null : task.terms().schedule().toString())
        .done();
  }

  static String issue(Changes.MadeIssue made, String identifier, Instant now) {
    NewWork.Issue issue = made.issue();
    var data =
        new JsonText()
            .text("id", issue.id().toString())
            .text("workspace_id", made.workspace().toString())
            .raw("number", Integer.toString(made.number()))
            .text("identifier", identifier)
            .text("title", issue.title())
            .text("description", issue.description())
            .text("status", issue.status())
            .text("priority", issue.priority().wire())
            .text("assignee_type", issue.assigneeType())
            .text("assignee_id", text(issue.assigneeId()))
            .text("creator_type", issue.creator().type())
            .text("creator_id", issue.creator().id().toString())
            .text("parent_issue_id", text(issue.parent()))
            .raw("position", "0")
            .text("due_date", issue.dueDate() == null ? null : SECONDS.format(issue.dueDate()))
            .text("created_at", SECONDS.format(now))
            .text("updated_at", SECONDS.format(now))
            .done();
    return new JsonText().raw("issue", data).done();
  }

  static String comment(Changes.Comment comment, Situation.Loaded of, Instant now) {
    var json =
        new JsonText()
            .text("id", comment.id().toString())
            .text("issue_id", comment.issue().toString())
            .text("author_type", "agent")
            .text("author_id", comment.author().toString())
            .text("content", comment.content())
            .text("type", comment.type());
    var parent = comment.parent();
    var data =
        (parent == null ? json : json.text("parent_id", parent.toString()))
            .text("created_at", SECONDS.format(now))
            .done();
    return new JsonText()
        .raw("comment", data)
        .text("issue_title", of.issueTitle())
        .text("issue_status", of.issueStatus())
        .done();
  }

  private static @Nullable String micros(@Nullable Instant time) {
    return time == null ? null : InstantText.of(time);
  }

  private static @Nullable String wire(@Nullable FailureReason reason) {
    return reason == null ? null : reason.wire();
  }

  private static @Nullable String text(@Nullable UUID id) {
    return id == null ? null : id.toString();
  }
}
