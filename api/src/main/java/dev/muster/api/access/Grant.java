package dev.muster.api.access;

import dev.muster.api.edge.Input;
import dev.muster.api.edge.Limits;
import dev.muster.api.edge.Refused;
import dev.muster.events.id.UserId;
import dev.muster.events.id.WorkspaceId;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// What a new token will be good for.
///
/// @param workspace the only workspace it reaches; null for all of the user's
/// @param oneDaemon whether it is good for the runtimes of one daemon alone: of the first that
///   registers with it
/// @param days how long it lives; null for ever
public record Grant(
    UserId user,
    String name,
    Scope scope,
    @Nullable WorkspaceId workspace,
    boolean oneDaemon,
    @Nullable Integer days) {
  private static final int DAYS_MAX = 36_500;

  /// A grant of what a client asked for: no name is 400, no days or 0 is for ever, as with the
  /// seed.
  public static Grant of(
      UserId user,
      @Nullable String name,
      Scope scope,
      @Nullable WorkspaceId workspace,
      @Nullable Boolean oneDaemon,
      @Nullable Integer days) {
    var isOneDaemon = Boolean.TRUE.equals(oneDaemon);
    if (isOneDaemon && scope != Scope.DAEMON) {
      throw Refused.invalid("one_daemon", "needs the scope daemon");
    }
    return new Grant(
        user,
        Input.required("name", name, Limits.NAME),
        scope,
        workspace,
        isOneDaemon,
        days == null || days == 0 ? null : Input.between("expires_in_days", days, 0, DAYS_MAX));
  }

  /// The scope of that name; 400 if there is none.
  public static Scope scope(String wire) {
    var allowed = Stream.of(Scope.ALL, Scope.DAEMON, Scope.WATCH).map(Scope::wire).toList();
    return Scope.of(Input.oneOf("scope", wire, allowed));
  }
}
