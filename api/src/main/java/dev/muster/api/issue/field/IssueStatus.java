package dev.muster.api.issue.field;

import dev.muster.api.edge.Input;
import java.util.List;

/// Where an issue stands, in the words of the wire.
public final class IssueStatus {
  public static final String BACKLOG = "backlog";
  public static final String TODO = "todo";
  private static final List<String> ALL =
      List.of(BACKLOG, TODO, "in_progress", "in_review", "done", "blocked", "cancelled");

  private IssueStatus() {}

  public static String checked(String status) {
    return Input.oneOf("status", status, ALL);
  }

  /// Whether there is nothing more to do: nobody is set to work on such an issue.
  public static boolean isClosed(String status) {
    return status.equals("done") || status.equals("cancelled");
  }
}
