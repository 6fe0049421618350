package dev.muster.api.issue;

import dev.muster.api.edge.JsonBody;
import dev.muster.api.edge.Refused;
import dev.muster.api.issue.field.IssueRef;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.JsonNode;

/// The routes of an issue's metadata. Each answers all of it.
@RestController
@RequestMapping("/api/issues/{id}/metadata")
class MetadataController {
  private final Metadata metadata;
  private final IssueStore issues;

  MetadataController(Metadata metadata, IssueStore issues) {
    this.metadata = metadata;
    this.issues = issues;
  }

  record Answer(Map<String, JsonNode> metadata) {}

  record NewValue(@Nullable JsonNode value) {}

  @GetMapping
  Answer list(IssueRef ref) {
    var issue = issues.find(ref).orElseThrow(() -> Refused.notFound(IssueRef.NOT_FOUND));
    return new Answer(metadata.of(issue.issueId()));
  }

  @PutMapping("/{key}")
  Answer set(IssueRef ref, @PathVariable String key, @JsonBody NewValue value) {
    return new Answer(metadata.set(ref, key, value.value()));
  }

  @DeleteMapping("/{key}")
  Answer remove(IssueRef ref, @PathVariable String key) {
    return new Answer(metadata.remove(ref, key));
  }
}
