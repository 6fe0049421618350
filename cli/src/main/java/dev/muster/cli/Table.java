package dev.muster.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;

/// Columns of texts, as wide as their longest.
final class Table {
  private static final int WIDTH_MAX = 60;
  private static final String GAP = "  ";

  private final List<Column> columns = new ArrayList<>();

  private record Column(String name, Function<JsonNode, String> of) {}

  /// Adds a column with what a member of each row says; a path of members with dots.
  Table column(String name, String path) {
    return column(name, row -> member(row, path));
  }

  Table column(String name, Function<JsonNode, String> of) {
    columns.add(new Column(name, of));
    return this;
  }

  /// What a member says; `-` if it is not there.
  static String member(JsonNode row, String path) {
    var node = row;
    for (var name : path.split("\\.", -1)) {
      node = node.path(name);
    }
    if (node.isMissingNode() || node.isNull() || node.asString("x").isEmpty()) {
      return "-";
    }
    return node.isValueNode() ? node.asString() : node.toString();
  }

  void print(List<JsonNode> rows, PrintWriter out) {
    var cells = new ArrayList<List<String>>();
    cells.add(columns.stream().map(Column::name).toList());
    for (var row : rows) {
      cells.add(columns.stream().map(column -> cell(column.of().apply(row))).toList());
    }
    for (var line : cells) {
      var text = new StringBuilder();
      for (var i = 0; i < columns.size(); i++) {
        var place = i;
        var width =
            cells.stream().mapToInt(other -> TerminalText.width(other.get(place))).max().orElse(0);
        text.append(i == 0 ? "" : GAP).append(line.get(i));
        text.repeat(' ', width - TerminalText.width(line.get(i)));
      }
      out.println(text.toString().stripTrailing());
    }
  }

  private static String cell(String text) {
    return TerminalText.atMost(WIDTH_MAX, TerminalText.line(text));
  }
}
