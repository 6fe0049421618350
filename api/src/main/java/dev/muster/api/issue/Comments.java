package dev.muster.api.issue;

import dev.muster.api.access.Caller;
import dev.muster.api.edge.Input;
import dev.muster.api.edge.Limits;
import dev.muster.api.edge.Refused;
import dev.muster.api.issue.field.IssueRef;
import dev.muster.api.issue.view.CommentCreated;
import dev.muster.api.issue.view.CommentView;
import dev.muster.api.issue.view.IssueView;
import dev.muster.api.storage.StorageQuota;
import dev.muster.api.thread.ReplyRule;
import dev.muster.events.EventType;
import dev.muster.events.feed.Outbox;
import dev.muster.events.id.IssueId;
import dev.muster.events.storage.StoredBytes;
import dev.muster.tasks.command.Author;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What members say about issues.
@Component
class Comments {
  private static final String NOT_FOUND = "comment not found";
  private static final List<String> TYPES =
      List.of("comment", "status_change", "progress_update", "system");

  private final CommentStore store;
  private final IssueStore issues;
  private final IssueWork work;
  private final ReplyRule replies;
  private final Outbox outbox;
  private final JsonMapper json;
  private final StorageQuota storage;

  Comments(
      CommentStore store,
      IssueStore issues,
      IssueWork work,
      ReplyRule replies,
      Outbox outbox,
      JsonMapper json,
      StorageQuota storage) {
    this.storage = storage;
    this.replies = replies;
    this.store = store;
    this.issues = issues;
    this.work = work;
    this.outbox = outbox;
    this.json = json;
  }

  /// What a client says in a comment.
  record CommentFields(
      @Nullable String content,
      @Nullable String type,
      @Nullable String parentId,
      @Nullable JsonNode attachmentIds) {
    String checkedContent() {
      Unsupported.requireNone("attachment_ids", attachmentIds);
      if (content == null || content.isBlank()) {
        throw Refused.invalid("content", "is required");
      }
      return Input.orElse("content", content, "", Limits.TEXT);
    }

    String checkedType() {
      return type == null || type.isEmpty() ? "comment" : Input.oneOf("type", type, TYPES);
    }
  }

  private record Commented(CommentView comment, IssueView issue) {}

  /// Comments, and gives the agent to do what follows from it. The issue is locked, so that it is
  /// not deleted or given to another meanwhile.
  @Transactional
  public CommentView create(IssueRef ref, CommentFields fields) {
    var content = fields.checkedContent();
    var type = fields.checkedType();
    var issue = issues.lock(ref).orElseThrow(() -> Refused.notFound(IssueRef.NOT_FOUND));
    var parent = parent(issue.issueId(), fields.parentId());
    replies.check(ref.caller(), issue.issueId(), type, parent);
    storage.make(issue.workspace(), StoredBytes.of(content));
    var comment = store.insert(issue.issueId(), ref.caller().author(), content, type, parent);
    outbox.append(
        issue.workspace(),
        EventType.COMMENT_CREATED,
        comment.id(),
        json.writeValueAsString(CommentCreated.of(comment, issue)));
    work.commented(issue, comment.id(), ref.caller());
    return comment;
  }

  private @Nullable UUID parent(IssueId issue, @Nullable String id) {
    if (id == null || id.isEmpty()) {
      return null;
    }
    return Input.lenientId(id)
        .flatMap(store::find)
        .filter(parent -> parent.issueId().equals(issue.value()))
        .map(CommentView::id)
        .orElseThrow(() -> Refused.badRequest("invalid parent comment"));
  }

  @Transactional
  public CommentView update(Caller caller, String id, CommentFields fields) {
    var before = changeable(caller, id);
    var content = fields.checkedContent();
    storage.change(
        before.issue().workspace(),
        StoredBytes.of(before.comment().content()),
        StoredBytes.of(content));
    var after =
        store.update(before.comment().id(), content).orElseThrow(() -> Refused.notFound(NOT_FOUND));
    outbox.append(
        before.issue().workspace(),
        EventType.COMMENT_UPDATED,
        after.id(),
        json.writeValueAsString(Map.of("comment", after)));
    return after;
  }

  @Transactional
  public void delete(Caller caller, String id) {
    var before = changeable(caller, id);
    if (store.delete(before.comment().id(), before.issue().workspace()) == 0) {
      throw Refused.notFound(NOT_FOUND);
    }
    outbox.wake();
  }

  /// The comment, for its author and for those who administer the workspace.
  private Commented changeable(Caller caller, String id) {
    var comment =
        Input.lenientId(id).flatMap(store::find).orElseThrow(() -> Refused.notFound(NOT_FOUND));
    var issue =
        issues
            .find(new IssueId(comment.issueId()))
            .filter(found -> caller.isMember(found.workspace()))
            .orElseThrow(() -> Refused.notFound(NOT_FOUND));
    var own = caller.author().equals(new Author(comment.authorType(), comment.authorId()));
    if (!own) {
      caller.administers(issue.workspace(), NOT_FOUND);
    }
    return new Commented(comment, issue);
  }
}
