package dev.muster.api.account;

import dev.muster.api.access.Caller;
import dev.muster.api.edge.Refused;
import dev.muster.events.sql.Rows;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/// Tells callers who they are.
@RestController
class MeController {
  private final JdbcClient db;

  MeController(JdbcClient db) {
    this.db = db;
  }

  /// Who the caller is, and what its token may do at most: a page shows no buttons that fail.
  @GetMapping("/api/me")
  UserView me(Caller caller) {
    return db.sql(
            """
            SELECT id, name, email, avatar_url, created_at, updated_at, :scope AS scope
              FROM app_user WHERE id = :user
            """)
        .param("user", caller.user().value())
        .param("scope", caller.scope().wire())
        .query(Rows.of(UserView.class))
        .optional()
        .orElseThrow(() -> Refused.notFound("user not found"));
  }
}
