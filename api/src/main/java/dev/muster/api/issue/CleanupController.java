package dev.muster.api.issue;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.muster.api.access.Caller;
import dev.muster.api.edge.Input;
import dev.muster.api.edge.JsonBody;
import dev.muster.api.edge.Refused;
import dev.muster.api.issue.field.IssueRef;
import dev.muster.events.id.WorkspaceId;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/// What a daemon asks before it deletes the directories of issues: those that are closed and have
/// not changed for long, or are gone.
@RestController
class CleanupController {
  private static final int ISSUES_MAX = 500;

  private final IssueStore store;

  CleanupController(IssueStore store) {
    this.store = store;
  }

  record Asked(@Nullable List<@Nullable String> issueIds) {}

  /// @param found false only for an issue that the workspace does not have: its directory goes
  record Answer(
      UUID id,
      boolean found,
      @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String status,
      @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Instant updatedAt) {}

  record Answers(List<Answer> issues) {}

  record State(String status, Instant updatedAt) {}

  /// The state of up to 500 issues of a workspace, one answer for each id.
  @PostMapping("/api/daemon/workspaces/{id}/issues/gc-check")
  Answers check(Caller caller, @PathVariable String id, @JsonBody Asked asked) {
    var workspace =
        Input.lenientId(id)
            .map(WorkspaceId::new)
            .filter(caller::isMember)
            .orElseThrow(() -> Refused.notFound("workspace not found"));
    var ids =
        Input.list("issue_ids", asked.issueIds(), ISSUES_MAX).stream()
            .map(issue -> Input.id("issue_ids", Objects.requireNonNullElse(issue, "")))
            .toList();
    var states = store.states(workspace, ids);
    return new Answers(
        ids.stream()
            .map(issue -> {
              var state = states.get(issue);
              return state == null
                  ? new Answer(issue, false, null, null)
                  : new Answer(issue, true, state.status(), state.updatedAt());
            })
            .toList());
  }

  /// The same of one issue.
  @GetMapping("/api/daemon/issues/{id}/gc-check")
  State check(IssueRef ref) {
    var issue = store.find(ref).orElseThrow(() -> Refused.notFound(IssueRef.NOT_FOUND));
    return new State(issue.status(), issue.updatedAt());
  }
}
