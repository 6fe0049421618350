package dev.muster.standalone;

import java.sql.SQLException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What to do when Postgres does not let Muster start, by its error code (SQLSTATE, appendix A of
/// Postgres' manual).
final class PostgresRefusal {
  private PostgresRefusal() {}

  /// The sentence; empty if neither a setting nor a grant would help.
  static Optional<String> sentence(SQLException refusal) {
    var code = refusal.getSQLState();
    var reason = StartupFailure.firstLine(refusal.getMessage());
    if (code == null) {
      return Optional.empty();
    }
    return Optional.ofNullable(
        switch (code) {
          case "3D000" ->
              "The database is not there (%s); create it, or correct SPRING_DATASOURCE_URL."
                  .formatted(reason);
          case "25006" ->
              "Postgres is read-only (%s); give SPRING_DATASOURCE_URL of the primary, not of a replica."
                  .formatted(reason);
          case "42501" ->
              "The user of Postgres may not do what Muster needs (%s); make it the owner of the database, or correct SPRING_DATASOURCE_USERNAME."
                  .formatted(reason);
          case "53100" -> "The disk of Postgres is full (%s); make room.".formatted(reason);
          case "53300" ->
              "Postgres takes no more connections (%s); raise its max_connections, or lower SPRING_DATASOURCE_HIKARI_MAXIMUMPOOLSIZE."
                  .formatted(reason);
          case "57P03" ->
              "Postgres is not ready (%s); start Muster again when it is.".formatted(reason);
          default -> byClass(code, reason);
        });
  }

  private static @Nullable String byClass(String code, String reason) {
    if (code.startsWith("08")) {
      return "Postgres cannot be reached (%s); start it, or correct SPRING_DATASOURCE_URL."
          .formatted(reason);
    }
    if (code.startsWith("28")) {
      return "Postgres refuses the user (%s); correct SPRING_DATASOURCE_USERNAME and SPRING_DATASOURCE_PASSWORD."
          .formatted(reason);
    }
    return null;
  }
}
