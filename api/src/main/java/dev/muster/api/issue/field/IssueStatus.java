package dev.muster.api.issue.field;

import dev.muster.api.edge.Input;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/// Where an issue stands: a closed list.
public enum IssueStatus {
  BACKLOG,
  /// To be worked on now: an agent that is given such an issue is set to work.
  TODO,
  IN_PROGRESS,
  IN_REVIEW,
  DONE,
  BLOCKED,
  CANCELLED;

  private static final List<String> WORDS = Arrays.stream(values()).map(IssueStatus::wire).toList();

  /// The word for it in SQL and JSON.
  public String wire() {
    return name().toLowerCase(Locale.ROOT);
  }

  /// What a row names.
  ///
  /// @throws IllegalArgumentException if there is no such word
  public static IssueStatus of(String wire) {
    return valueOf(wire.toUpperCase(Locale.ROOT));
  }

  /// What a request names; 400 if there is no such word.
  public static IssueStatus checked(String status) {
    return of(Input.oneOf("status", status, WORDS));
  }

  /// Whether there is nothing more to do: nobody is set to work on such an issue.
  public boolean isClosed() {
    return switch (this) {
      case DONE, CANCELLED -> true;
      case BACKLOG, TODO, IN_PROGRESS, IN_REVIEW, BLOCKED -> false;
    };
  }
}
