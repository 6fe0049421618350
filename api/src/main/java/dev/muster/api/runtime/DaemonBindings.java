package dev.muster.api.runtime;

import dev.muster.api.access.Caller;
import dev.muster.api.access.Callers;
import dev.muster.api.edge.Refused;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/// Binds tokens that are good for one daemon: to the first that registers with it, and to what that
/// one calls itself after an upgrade.
@Component
class DaemonBindings {
  private final JdbcClient db;
  private final Callers callers;

  DaemonBindings(JdbcClient db, Callers callers) {
    this.db = db;
    this.callers = callers;
  }

  /// The registration as far as the token is good for it: of the identities that the daemon had
  /// before, a bound token takes over its own alone. In the transaction of the registration.
  ///
  /// @throws Refused 403 if the token is another daemon's
  Registration bind(Caller caller, Registration registration) {
    if (caller.binding() == null) {
      return registration;
    }
    var before = boundTo(caller);
    var daemon = registration.daemonId();
    if (before == null) {
      rebind(caller, daemon);
      return registration.succeeding(List.of());
    }
    if (before.equals(daemon)) {
      return registration.succeeding(List.of());
    }
    var known = before.toLowerCase(Locale.ROOT);
    if (!registration.legacyDaemonIds().contains(known)) {
      throw Refused.forbidden(
          "this token is good for the daemon " + before + " alone; give each daemon its own");
    }
    rebind(caller, daemon);
    return registration.succeeding(List.of(known));
  }

  /// The caller with the daemon that its token is bound to now.
  Caller asOfNow(Caller caller) {
    return callers.withBinding(caller);
  }

  /// What was bound is known in this instance at once, in others when they look.
  void forget(Caller caller) {
    if (caller.binding() != null) {
      callers.forget();
    }
  }

  /// Locked, so that of two daemons that register at once one is the first.
  private @Nullable String boundTo(Caller caller) {
    return db.sql("SELECT daemon_id FROM access_token WHERE id = :token FOR NO KEY UPDATE")
        .param("token", caller.tokenId())
        .query((row, _) -> Optional.ofNullable(row.getString("daemon_id")))
        .single()
        .orElse(null);
  }

  private void rebind(Caller caller, String daemon) {
    db.sql("UPDATE access_token SET daemon_id = :daemon WHERE id = :token")
        .param("daemon", daemon)
        .param("token", caller.tokenId())
        .update();
  }
}
