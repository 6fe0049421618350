package dev.muster.api.issue;

import dev.muster.api.access.Caller;
import dev.muster.api.edge.Created;
import dev.muster.api.edge.Input;
import dev.muster.api.edge.JsonBody;
import dev.muster.api.edge.LargeAnswer;
import dev.muster.api.edge.NextLink;
import dev.muster.api.edge.Refused;
import dev.muster.api.edge.RowCursor;
import dev.muster.api.issue.field.IssueRef;
import dev.muster.api.issue.view.CommentView;
import dev.muster.api.thread.CommentQuery;
import dev.muster.api.thread.Discussions;
import dev.muster.api.thread.ListedComment;
import dev.muster.events.id.IssueId;
import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/// The routes of comments.
@RestController
class CommentController {
  private final Comments comments;
  private final CommentStore store;
  private final Discussions discussions;
  private final IssueStore issues;

  CommentController(
      Comments comments, CommentStore store, Discussions discussions, IssueStore issues) {
    this.comments = comments;
    this.store = store;
    this.discussions = discussions;
    this.issues = issues;
  }

  /// The issue's comments, or those that the query asks for, oldest first. Of very many, or very
  /// long ones, the newest; the next page has those before them.
  @LargeAnswer
  @GetMapping("/api/issues/{id}/comments")
  ResponseEntity<? extends List<?>> list(
      IssueRef ref,
      @RequestParam(required = false) @Nullable String cursor,
      @RequestParam(required = false) @Nullable String limit,
      HttpServletRequest request) {
    var rows = Input.limit(limit, CommentStore.LIST_MAX);
    var issue = issues.find(ref).orElseThrow(() -> Refused.notFound(IssueRef.NOT_FOUND));
    var query = CommentQuery.of(request);
    if (!query.isPlain()) {
      return list(issue.issueId(), query);
    }
    var page = store.list(issue.issueId(), RowCursor.Order.COMMENTS.parse(cursor), rows);
    var next = page.next(last -> RowCursor.Order.COMMENTS.cursor(last.createdAt(), last.id()));
    return NextLink.answer(request, page.rows().reversed(), "cursor", next);
  }

  private ResponseEntity<List<ListedComment>> list(IssueId issue, CommentQuery query) {
    var found = discussions.find(issue, query);
    var answer = ResponseEntity.ok();
    var next = found.next();
    if (next != null) {
      answer.header("X-Multica-Next-Before", next.at().toString());
      answer.header("X-Multica-Next-Before-Id", next.id().toString());
    }
    if (found.page().hasMore()) {
      answer.header("X-Comments-Truncated", "true");
    }
    return answer.body(found.page().rows().reversed());
  }

  @PostMapping("/api/issues/{id}/comments")
  @ResponseStatus(HttpStatus.CREATED)
  ResponseEntity<CommentView> create(IssueRef issue, @JsonBody Comments.CommentFields fields) {
    var comment = comments.create(issue, fields);
    return Created.at("/api/comments/" + comment.id(), comment);
  }

  @PutMapping("/api/comments/{id}")
  CommentView update(
      Caller caller, @PathVariable String id, @JsonBody Comments.CommentFields fields) {
    return comments.update(caller, id, fields);
  }

  @DeleteMapping("/api/comments/{id}")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  void delete(Caller caller, @PathVariable String id) {
    comments.delete(caller, id);
  }
}
