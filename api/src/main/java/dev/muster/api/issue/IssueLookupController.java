package dev.muster.api.issue;

import dev.muster.api.access.WorkspaceAccess;
import dev.muster.api.edge.Input;
import dev.muster.api.edge.LargeAnswer;
import dev.muster.api.edge.Limits;
import dev.muster.api.edge.Refused;
import dev.muster.api.issue.field.IssueRef;
import dev.muster.api.issue.view.IssueView;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/// Issues that are looked for by what they say, or by the one they belong to.
@RestController
class IssueLookupController {
  private static final int LIMIT_DEFAULT = 20;

  private final IssueStore store;
  private final IssueSearch search;

  IssueLookupController(IssueStore store, IssueSearch search) {
    this.store = store;
    this.search = search;
  }

  record Children(List<IssueView> issues) {}

  /// The issues that were made as parts of this one, the oldest first.
  @LargeAnswer
  @GetMapping("/api/issues/{id}/children")
  Children children(IssueRef ref) {
    var issue = store.find(ref).orElseThrow(() -> Refused.notFound(IssueRef.NOT_FOUND));
    return new Children(store.children(issue.issueId()).rows());
  }

  @LargeAnswer
  @GetMapping("/api/issues/search")
  IssueSearch.Answer search(
      WorkspaceAccess access,
      @RequestParam(required = false) @Nullable String q,
      @RequestParam(name = "include_closed", required = false) @Nullable String closedToo,
      @RequestParam(required = false) @Nullable String limit) {
    var words = Input.required("q", q, Limits.NAME);
    return search.find(
        access.workspace(),
        words,
        "true".equals(closedToo),
        Input.limit(limit, LIMIT_DEFAULT, IssueSearch.LIMIT_MAX));
  }
}
