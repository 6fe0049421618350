package dev.muster.api.issue.field;

import dev.muster.api.edge.Input;
import dev.muster.api.edge.Limits;
import dev.muster.api.edge.Refused;
import dev.muster.tasks.command.Priority;
import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/// Which issues a list shows, and which part of it.
///
/// @param ids these and no others; null for all
/// @param metadata a JSON object of notes that each issue has; null for all
public record IssueFilter(
    @Nullable List<UUID> ids,
    @Nullable IssueStatus status,
    @Nullable Priority priority,
    @Nullable UUID assignee,
    @Nullable String metadata,
    Sorting sorting,
    int limit,
    int offset) {
  /// What comes first.
  public record Sorting(IssueOrder by, boolean descending) {}

  private static final int LIMIT_DEFAULT = 100;
  private static final int IDS_MAX = 100;
  private static final JsonMapper JSON = JsonMapper.shared();

  /// What no issue is assigned to: a malformed id finds nothing, as an unknown one does.
  private static final UUID NO_ONE = new UUID(0, 0);

  /// The filter of a query; an empty parameter counts as absent.
  public static IssueFilter of(
      @Nullable String ids,
      @Nullable String status,
      @Nullable String priority,
      @Nullable String assignee,
      Refinement more,
      @Nullable String limit,
      @Nullable String offset) {
    var idsGiven = given(ids);
    var statusGiven = given(status);
    var priorityGiven = given(priority);
    var assigneeGiven = given(assignee);
    return new IssueFilter(
        idsGiven == null ? null : ids(idsGiven),
        statusGiven == null ? null : IssueStatus.checked(statusGiven),
        priorityGiven == null ? null : Input.priority(priorityGiven),
        assigneeGiven == null ? null : Input.lenientId(assigneeGiven).orElse(NO_ONE),
        given(more.metadata()) == null ? null : more.checkedMetadata(),
        new Sorting(
            IssueOrder.of(given(more.sort())), IssueOrder.isDescending(given(more.direction()))),
        number("limit", given(limit), LIMIT_DEFAULT, Limits.PAGE),
        number("offset", given(offset), 0, Integer.MAX_VALUE));
  }

  /// What today's command line may narrow a list by besides.
  public record Refinement(
      @Nullable String metadata, @Nullable String sort, @Nullable String direction) {
    /// What a request asks for.
    ///
    /// @throws Refused 400 if it asks for a project, since there are none
    public static Refinement of(HttpServletRequest request) {
      var project = request.getParameter("project_id");
      if (project != null && !project.isEmpty()) {
        throw Refused.invalid("project_id", "names a project, and there are none");
      }
      return new Refinement(
          request.getParameter("metadata"),
          request.getParameter("sort"),
          request.getParameter("direction"));
    }

    private String checkedMetadata() {
      try {
        return Input.object("metadata", JSON.readTree(metadata), Limits.PATH);
      } catch (JacksonException e) {
        throw Refused.invalid("metadata", "is not JSON");
      }
    }
  }

  private static List<UUID> ids(String text) {
    return Input.list("ids", List.of(text.split(",", -1)), IDS_MAX).stream()
        .map(id -> Input.id("ids", id))
        .toList();
  }

  private static @Nullable String given(@Nullable String text) {
    return text == null || text.isEmpty() ? null : text;
  }

  private static int number(String field, @Nullable String text, int otherwise, int max) {
    if (text == null) {
      return otherwise;
    }
    try {
      return Input.between(field, Integer.parseInt(text), 0, max);
    } catch (NumberFormatException e) {
      throw Refused.invalid(field, "is not a number");
    }
  }
}
