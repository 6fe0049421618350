package dev.muster.api.issue;

import dev.muster.api.edge.Input;
import dev.muster.api.edge.Limits;
import dev.muster.api.edge.Refused;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Which issues a list shows, and which part of it.
///
/// @param ids these and no others; null for all
record IssueFilter(
    @Nullable List<UUID> ids,
    @Nullable String status,
    @Nullable String priority,
    @Nullable UUID assignee,
    int limit,
    int offset) {
  private static final int LIMIT_DEFAULT = 100;
  private static final int IDS_MAX = 100;

  /// What no issue is assigned to: a malformed id finds nothing, as an unknown one does.
  private static final UUID NO_ONE = new UUID(0, 0);

  /// The filter of a query; an empty parameter counts as absent.
  static IssueFilter of(
      @Nullable String ids,
      @Nullable String status,
      @Nullable String priority,
      @Nullable String assignee,
      @Nullable String limit,
      @Nullable String offset) {
    var idsGiven = given(ids);
    var statusGiven = given(status);
    var priorityGiven = given(priority);
    var assigneeGiven = given(assignee);
    return new IssueFilter(
        idsGiven == null ? null : ids(idsGiven),
        statusGiven == null ? null : IssueStatus.checked(statusGiven),
        priorityGiven == null ? null : Priority.checked(priorityGiven),
        assigneeGiven == null ? null : Input.lenientId(assigneeGiven).orElse(NO_ONE),
        Math.min(number("limit", given(limit), LIMIT_DEFAULT), Limits.PAGE),
        number("offset", given(offset), 0));
  }

  private static List<UUID> ids(String text) {
    return Input.list("ids", List.of(text.split(",", -1)), IDS_MAX).stream()
        .map(id -> Input.id("ids", id))
        .toList();
  }

  private static @Nullable String given(@Nullable String text) {
    return text == null || text.isEmpty() ? null : text;
  }

  private static int number(String field, @Nullable String text, int otherwise) {
    if (text == null) {
      return otherwise;
    }
    try {
      return Input.between(field, Integer.parseInt(text), 0, Integer.MAX_VALUE);
    } catch (NumberFormatException e) {
      throw Refused.invalid(field, "is not a number");
    }
  }
}
