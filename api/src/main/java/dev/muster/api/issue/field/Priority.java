package dev.muster.api.issue.field;

import dev.muster.api.edge.Input;
import dev.muster.tasks.command.TaskTerms;
import java.util.List;

/// How urgent an issue is: a word on the wire, a number in the queue.
public final class Priority {
  public static final String NONE = "none";

  private static final List<String> ALL = TaskTerms.PRIORITIES;

  private Priority() {}

  /// The priority of that name; 400 if there is none.
  public static String checked(String priority) {
    return Input.oneOf("priority", priority, ALL);
  }

  /// What the queue orders by: 4 for urgent, 0 for none and for any other word.
  public static int weight(String priority) {
    return Math.max(0, ALL.indexOf(priority));
  }
}
