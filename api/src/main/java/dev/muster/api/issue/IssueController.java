package dev.muster.api.issue;

import dev.muster.api.access.WorkspaceAccess;
import dev.muster.api.edge.Created;
import dev.muster.api.edge.JsonBody;
import dev.muster.api.edge.LargeAnswer;
import dev.muster.api.edge.Refused;
import dev.muster.api.issue.field.IssueFilter;
import dev.muster.api.issue.field.IssueRef;
import dev.muster.api.issue.view.IssueView;
import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/// The routes of issues.
@RestController
@RequestMapping("/api/issues")
class IssueController {
  private final IssueChanges changes;
  private final IssueStore store;

  IssueController(IssueChanges changes, IssueStore store) {
    this.changes = changes;
    this.store = store;
  }

  /// A page of issues.
  ///
  /// @param total how many there are on all pages
  /// @param next the `offset` of the next page; null on the last
  record Issues(List<IssueView> issues, int total, @Nullable Integer next) {}

  @LargeAnswer
  @GetMapping({"", "/"})
  Issues list(
      WorkspaceAccess access,
      @RequestParam(required = false) @Nullable String ids,
      @RequestParam(required = false) @Nullable String status,
      @RequestParam(required = false) @Nullable String priority,
      @RequestParam(name = "assignee_id", required = false) @Nullable String assignee,
      @RequestParam(required = false) @Nullable String limit,
      @RequestParam(required = false) @Nullable String offset,
      HttpServletRequest request) {
    var more = IssueFilter.Refinement.of(request);
    var filter = IssueFilter.of(ids, status, priority, assignee, more, limit, offset);
    var page = store.list(access.workspace(), filter);
    var read = page.rows().size();
    var isAll = filter.offset() == 0 && !page.hasMore();
    return new Issues(
        page.rows(),
        isAll ? read : store.count(access.workspace(), filter),
        page.hasMore() ? filter.offset() + read : null);
  }

  @PostMapping({"", "/"})
  @ResponseStatus(HttpStatus.CREATED)
  ResponseEntity<IssueView> create(WorkspaceAccess access, @JsonBody IssueFields fields) {
    var issue = changes.create(access, fields.checked());
    return Created.at("/api/issues/" + issue.id(), issue);
  }

  @GetMapping("/{id}")
  IssueView find(IssueRef issue) {
    return store.find(issue).orElseThrow(() -> Refused.notFound(IssueRef.NOT_FOUND));
  }

  @PutMapping("/{id}")
  IssueView update(IssueRef issue, @JsonBody(whole = true) IssuePatch patch) {
    return changes.update(issue, patch);
  }

  @DeleteMapping("/{id}")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  void delete(IssueRef issue) {
    changes.delete(issue);
  }
}
