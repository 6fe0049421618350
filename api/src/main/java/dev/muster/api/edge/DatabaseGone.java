package dev.muster.api.edge;

import java.sql.SQLException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Tells a lost or refused connection from a wrong statement.
final class DatabaseGone {
  /// SQLSTATE classes: connection exception, insufficient resources, operator intervention.
  private static final Set<String> CLASSES = Set.of("08", "53", "57");

  private static final String LIMIT = "54";

  private DatabaseGone() {}

  static boolean isCauseOf(Throwable failure) {
    return CLASSES.contains(stateClass(failure));
  }

  /// Whether a value was more than the database can hold, such as a key that is too long for an
  /// index.
  static boolean isOnlyALimit(Throwable failure) {
    return LIMIT.equals(stateClass(failure));
  }

  private static String stateClass(Throwable failure) {
    for (@Nullable Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof SQLException sql
          && sql.getSQLState() != null
          && sql.getSQLState().length() == 5) {
        return sql.getSQLState().substring(0, 2);
      }
    }
    return "";
  }
}
