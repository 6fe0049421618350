package dev.muster.api.access;

import dev.muster.events.id.UserId;
import dev.muster.events.id.WorkspaceId;
import dev.muster.events.sql.Rows;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.RowMapper;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/// The tokens that users hold.
@Component
public class AccessTokens {
  private static final int PREFIX_LENGTH = 12;
  private static final int LIST_MAX = 10_000;

  private static final RowMapper<TokenView> ROW = Rows.of(TokenView.class);

  private final JdbcClient db;

  AccessTokens(JdbcClient db) {
    this.db = db;
  }

  /// Makes a token. The answer is the only place where it can be read.
  public TokenView issue(Grant grant) {
    var token = TokenHash.newToken();
    var workspace = grant.workspace();
    return db.sql(
            """
            INSERT INTO access_token (user_id, name, token_hash, token_prefix, scope, workspace_id, expires_at)
            VALUES (:user, :name, :hash, :prefix, :scope, :workspace::uuid, now() + make_interval(days => :days::int))
            RETURNING id, name, token_prefix, expires_at, last_used_at, created_at, scope, workspace_id, NULL AS token
            """)
        .param("user", grant.user().value())
        .param("name", grant.name())
        .param("hash", TokenHash.of(token))
        .param("prefix", token.substring(0, PREFIX_LENGTH))
        .param("scope", grant.scope().wire())
        .param("workspace", workspace == null ? null : workspace.value())
        .param("days", grant.days())
        .query(ROW)
        .single()
        .with(token);
  }

  /// The workspace the token is narrowed to; empty if it reaches all of its user's.
  public Optional<WorkspaceId> narrowedTo(UUID token) {
    return db.sql(
            "SELECT workspace_id FROM access_token WHERE id = :token AND workspace_id IS NOT NULL")
        .param("token", token)
        .query(UUID.class)
        .optional()
        .map(WorkspaceId::new);
  }

  /// The user's valid tokens, newest first; of one workspace if that is all the asking token
  /// reaches.
  List<TokenView> list(UserId user, @Nullable WorkspaceId within) {
    return db.sql(
            """
            SELECT id, name, token_prefix, expires_at, last_used_at, created_at, scope, workspace_id, NULL AS token
              FROM access_token
             WHERE user_id = :user AND NOT revoked AND (:within::uuid IS NULL OR workspace_id = :within::uuid)
             ORDER BY created_at DESC, id
             LIMIT :max
            """)
        .param("user", user.value())
        .param("within", within == null ? null : within.value())
        .param("max", LIST_MAX)
        .query(ROW)
        .list();
  }

  void revoke(UserId user, UUID token, @Nullable WorkspaceId within) {
    db.sql(
            """
            UPDATE access_token SET revoked = true
             WHERE id = :token AND user_id = :user AND (:within::uuid IS NULL OR workspace_id = :within::uuid)
            """)
        .param("token", token)
        .param("user", user.value())
        .param("within", within == null ? null : within.value())
        .update();
  }
}
