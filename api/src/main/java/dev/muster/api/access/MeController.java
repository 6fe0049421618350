package dev.muster.api.access;

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

  @GetMapping("/api/me")
  UserView me(Caller caller) {
    return db.sql(
            "SELECT id, name, email, avatar_url, created_at, updated_at FROM app_user WHERE id = :user")
        .param("user", caller.user().value())
        .query(Rows.of(UserView.class))
        .optional()
        .orElseThrow(() -> Refused.notFound("user not found"));
  }
}
