package dev.muster.api.issue.field;

import dev.muster.api.edge.Input;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// In which order a list of issues comes.
public enum IssueOrder {
  POSITION("%1$sposition %2$s, %1$screated_at DESC, %1$sid"),
  CREATED_AT("%1$screated_at %2$s, %1$sid"),
  UPDATED_AT("%1$supdated_at %2$s, %1$sid"),
  PRIORITY(
      "array_position(ARRAY['none','low','medium','high','urgent'], %1$spriority) %2$s, %1$sid"),
  DUE_DATE("%1$sdue_date %2$s NULLS LAST, %1$sid"),
  TITLE("lower(%1$stitle) %2$s, %1$sid");

  private static final List<String> DIRECTIONS = List.of("asc", "desc");

  private final String expression;

  IssueOrder(String expression) {
    this.expression = expression;
  }

  /// The order of that name; by position where there is none.
  static IssueOrder of(@Nullable String name) {
    if (name == null) {
      return POSITION;
    }
    var names = Arrays.stream(values()).map(order -> order.name().toLowerCase(Locale.ROOT));
    return valueOf(Input.oneOf("sort", name, names.toList()).toUpperCase(Locale.ROOT));
  }

  static boolean isDescending(@Nullable String direction) {
    return direction != null && Input.oneOf("direction", direction, DIRECTIONS).equals("desc");
  }

  /// The order as SQL.
  ///
  /// @param prefix of the columns' names
  public String sql(String prefix, boolean descending) {
    return expression.formatted(prefix, descending ? "DESC" : "ASC");
  }
}
