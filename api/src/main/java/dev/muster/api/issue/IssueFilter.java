package dev.muster.api.issue;

import dev.muster.api.edge.Input;
import dev.muster.api.edge.Limits;
import dev.muster.api.edge.Refused;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Which issues a list shows, and which part of it.
record IssueFilter(
    @Nullable String status,
    @Nullable String priority,
    @Nullable UUID assignee,
    int limit,
    int offset) {
  private static final int LIMIT_DEFAULT = 100;

  /// What no issue is assigned to: a malformed id finds nothing, as an unknown one does.
  private static final UUID NO_ONE = new UUID(0, 0);

  /// The filter of a query; an empty parameter counts as absent.
  static IssueFilter of(
      @Nullable String status,
      @Nullable String priority,
      @Nullable String assignee,
      @Nullable String limit,
      @Nullable String offset) {
    var statusGiven = given(status);
    var priorityGiven = given(priority);
    var assigneeGiven = given(assignee);
    return new IssueFilter(
        statusGiven == null ? null : IssueStatus.checked(statusGiven),
        priorityGiven == null ? null : Priority.checked(priorityGiven),
        assigneeGiven == null ? null : Input.lenientId(assigneeGiven).orElse(NO_ONE),
        Math.min(number("limit", given(limit), LIMIT_DEFAULT), Limits.PAGE),
        number("offset", given(offset), 0));
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
