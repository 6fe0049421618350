package dev.muster.api.access;

import dev.muster.api.edge.Page;
import dev.muster.api.edge.Quotas;
import dev.muster.api.edge.Refused;
import dev.muster.api.edge.RowCursor;
import dev.muster.events.id.UserId;
import dev.muster.events.id.WorkspaceId;
import dev.muster.events.sql.Rows;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.RowMapper;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/// The tokens that users hold.
@Component
public class AccessTokens {
  private static final int PREFIX_LENGTH = 12;
  public static final int LIST_MAX = 10_000;
  private static final double SECONDS_PER_DAY = 86_400;

  /// How the addresses of users end that are no people.
  public static final String SERVICE_USER = "@service.localhost";

  private static final RowMapper<TokenView> ROW = Rows.of(TokenView.class);

  private static final String LIST =
      Page.sql(
          """
          SELECT id, name, token_prefix, expires_at, last_used_at, created_at, scope, workspace_id, one_daemon, daemon_id, NULL AS token
            FROM access_token
           WHERE user_id = :user AND NOT revoked AND (:within::uuid IS NULL OR workspace_id = :within::uuid)
             AND (created_at, id) < (coalesce(to_timestamp(:before_time::bigint / 1e6), 'infinity'),
                                     coalesce(:before_id::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff'))
           ORDER BY created_at DESC, id DESC
          """,
          "created_at DESC, id DESC",
          "name");

  private static final String OF_SERVICE_USERS =
      Page.sql(
          """
          SELECT t.id, t.name, t.token_prefix, t.expires_at, t.last_used_at, t.created_at, t.scope, t.workspace_id,
                 t.one_daemon, t.daemon_id, NULL AS token
            FROM access_token t JOIN app_user u ON u.id = t.user_id
           WHERE t.workspace_id = :workspace AND NOT t.revoked AND u.email LIKE :service
             AND (t.created_at, t.id) < (coalesce(to_timestamp(:before_time::bigint / 1e6), 'infinity'),
                                         coalesce(:before_id::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff'))
           ORDER BY t.created_at DESC, t.id DESC
          """,
          "created_at DESC, id DESC",
          "name");

  private final JdbcClient db;
  private final TokenAudit audit;
  private final Quotas quotas;

  AccessTokens(JdbcClient db, TokenAudit audit, Quotas quotas) {
    this.db = db;
    this.audit = audit;
    this.quotas = quotas;
  }

  /// What the token of a caller is itself.
  ///
  /// @param workspaceId the only workspace it reaches; null for all of its user's
  /// @param secondsLeft how long what it makes may be good for, which for a login's or a sign-in's
  ///   is not how long it lives itself; null for ever
  /// @param isLogin whether it is a login's, which lives for less than what it makes
  public record Own(@Nullable UUID workspaceId, @Nullable Double secondsLeft, boolean isLogin) {
    /// The grant as far as the token can give it. A login gives less than is asked for, since a
    /// command line always asks for the same.
    private Grant granting(Grant asked) {
      if (!isLogin || secondsLeft == null) {
        return asked;
      }
      var days = (int) Math.min(secondsLeft / SECONDS_PER_DAY, Integer.MAX_VALUE);
      var granted = asked.days() == null ? days : Math.min(asked.days(), days);
      return new Grant(
          asked.user(), asked.name(), asked.scope(), asked.workspace(), asked.oneDaemon(), granted);
    }
  }

  /// Makes a token. The answer is the only place where it can be read.
  ///
  /// @param by whose token asks: it makes none that lives longer than itself
  /// @throws Refused 403 if it would, 409 if there are as many as there may be
  @Transactional
  public TokenView issue(Grant asked, Caller by, String address) {
    var own = own(by);
    var left = own.secondsLeft();
    var grant = own.granting(asked);
    if (grant.days() != null && grant.days() < 1) {
      throw Refused.forbidden("the token that has logged in ends today");
    }
    if (left != null && (grant.days() == null || grant.days() * SECONDS_PER_DAY > left)) {
      throw Refused.forbidden("a token that expires makes none that lives longer than itself");
    }
    requireRoom(grant);
    if (by.scope() == Scope.INVITATION) {
      accept(by, address);
    }
    var made = insert(grant);
    audit.did("made", by.user(), made.id(), address);
    return made;
  }

  /// An invitation is good for one token.
  private void accept(Caller by, String address) {
    var accepted =
        db.sql("UPDATE access_token SET revoked = true WHERE id = :token AND NOT revoked")
            .param("token", by.tokenId())
            .update();
    if (accepted == 0) {
      throw Refused.unauthorized("invalid token");
    }
    audit.did("revoked", by.user(), by.tokenId(), address);
  }

  private void requireRoom(Grant grant) {
    var workspace = grant.workspace();
    var valid =
        db.sql(
                """
                SELECT greatest(
                         (SELECT count(*) FROM access_token WHERE user_id = :user AND NOT revoked),
                         (SELECT count(*) FROM access_token WHERE workspace_id = :workspace::uuid AND NOT revoked))
                """)
            .param("user", grant.user().value())
            .param("workspace", workspace == null ? null : workspace.value())
            .query(Long.class)
            .single();
    quotas.tokens(valid + 1);
  }

  private TokenView insert(Grant grant) {
    var token = TokenHash.newToken();
    var workspace = grant.workspace();
    return db.sql(
            """
            INSERT INTO access_token (user_id, name, token_hash, token_prefix, scope, workspace_id, one_daemon, expires_at)
            VALUES (:user, :name, :hash, :prefix, :scope, :workspace::uuid, :one_daemon, now() + make_interval(days => :days::int))
            RETURNING id, name, token_prefix, expires_at, last_used_at, created_at, scope, workspace_id, one_daemon, daemon_id, NULL AS token
            """)
        .param("user", grant.user().value())
        .param("name", grant.name())
        .param("hash", TokenHash.of(token))
        .param("prefix", token.substring(0, PREFIX_LENGTH))
        .param("scope", grant.scope().wire())
        .param("workspace", workspace == null ? null : workspace.value())
        .param("one_daemon", grant.oneDaemon())
        .param("days", grant.days())
        .query(ROW)
        .single()
        .with(token);
  }

  /// What the caller's token is.
  ///
  /// @throws Refused 401 if it has just gone
  public Own own(Caller caller) {
    return db.sql(
            """
            SELECT workspace_id, is_login,
                   extract(epoch FROM CASE WHEN is_login OR is_sign_in OR scope = 'invitation' THEN login_until ELSE expires_at END - now())::float8 AS seconds_left
              FROM access_token WHERE id = :token AND NOT revoked
            """)
        .param("token", caller.tokenId())
        .query(Rows.of(Own.class))
        .optional()
        .orElseThrow(() -> Refused.unauthorized("invalid token"));
  }

  /// The user's valid tokens, newest first; of one workspace if that is all the asking token
  /// reaches.
  public Page<TokenView> list(
      UserId user, @Nullable UUID within, @Nullable RowCursor before, int limit) {
    var statement =
        db.sql(LIST)
            .param("user", user.value())
            .param("within", within)
            .param("before_id", before == null ? null : before.id())
            .param("before_time", before == null ? null : before.micros());
    return Page.read(statement, limit, ROW);
  }

  /// The valid tokens of the workspace's service users, newest first: at most as many as there may
  /// be.
  ///
  /// @param before where the page before this one ended; null for the first
  public Page<TokenView> ofServiceUsers(
      WorkspaceId workspace, @Nullable RowCursor before, int limit) {
    var statement =
        db.sql(OF_SERVICE_USERS)
            .param("workspace", workspace.value())
            .param("service", "%" + SERVICE_USER)
            .param("before_id", before == null ? null : before.id())
            .param("before_time", before == null ? null : before.micros());
    return Page.read(statement, limit, ROW);
  }

  /// Revokes one of the user's own tokens, or one of a service user of these workspaces. Returns
  /// false if there is none.
  ///
  /// @param within the only workspace whose tokens may be revoked; null for all
  @Transactional
  public boolean revoke(
      UserId by, UUID token, @Nullable UUID within, UUID[] administered, String address) {
    var isGone =
        db.sql(
                    """
                    UPDATE access_token t SET revoked = true
                      FROM app_user u
                     WHERE t.id = :token AND u.id = t.user_id AND NOT t.revoked
                       AND (t.user_id = :user AND (:within::uuid IS NULL OR t.workspace_id = :within::uuid)
                            OR t.workspace_id = ANY (:administered) AND u.email LIKE :service)
                    """)
                .param("token", token)
                .param("user", by.value())
                .param("within", within)
                .param("administered", administered)
                .param("service", "%" + SERVICE_USER)
                .update()
            == 1;
    if (isGone) {
      audit.did("revoked", by, token, address);
    }
    return isGone;
  }

  /// What a new token in the place of a service user's is good for; empty if there is none.
  public Optional<Grant> likeServiceToken(WorkspaceId workspace, UUID token) {
    return db.sql(
            """
            SELECT t.user_id, t.name, t.scope, t.one_daemon, ceil(extract(epoch FROM t.expires_at - t.created_at) / 86400)::int AS days
              FROM access_token t JOIN app_user u ON u.id = t.user_id
             WHERE t.id = :token AND t.workspace_id = :workspace AND NOT t.revoked AND u.email LIKE :service
            """)
        .param("token", token)
        .param("workspace", workspace.value())
        .param("service", "%" + SERVICE_USER)
        .query((row, _) -> {
          var days = row.getObject("days", Integer.class);
          return new Grant(
              new UserId(row.getObject("user_id", UUID.class)),
              row.getString("name"),
              Scope.of(row.getString("scope")),
              workspace,
              row.getBoolean("one_daemon"),
              days);
        })
        .optional();
  }
}
