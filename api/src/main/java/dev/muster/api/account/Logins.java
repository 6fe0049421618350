package dev.muster.api.account;

import dev.muster.api.access.AccessTokens;
import dev.muster.api.access.Caller;
import dev.muster.api.access.TokenAudit;
import dev.muster.api.access.TokenHash;
import dev.muster.api.edge.Refused;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/// The tokens of logins: each lives for minutes, as narrow as the one that asked for it, and makes
/// the token that a command line keeps.
@Component
class Logins {
  private static final int MINUTES = 10;
  private static final int PREFIX_LENGTH = 12;

  private final JdbcClient db;
  private final TokenAudit audit;

  Logins(JdbcClient db, TokenAudit audit) {
    this.db = db;
    this.audit = audit;
  }

  /// Makes a token for one login, in the place of those of the user that have ended.
  ///
  /// @throws Refused 403 if the asking token is one of a login itself
  @Transactional
  public String issue(Caller by, AccessTokens.Own own, String address) {
    if (own.isLogin()) {
      throw Refused.forbidden("a login makes no other login");
    }
    db.sql("DELETE FROM access_token WHERE user_id = :user AND is_login AND expires_at < now()")
        .param("user", by.user().value())
        .update();
    var token = TokenHash.newToken();
    var made =
        db.sql(
                """
                INSERT INTO access_token (user_id, name, token_hash, token_prefix, scope, workspace_id, expires_at, is_login,
                                          login_until)
                SELECT user_id, 'Login of a command line', :hash, :prefix, scope, workspace_id,
                       least(now() + make_interval(mins => :minutes), expires_at), true,
                       CASE WHEN is_sign_in THEN login_until ELSE expires_at END
                  FROM access_token WHERE id = :by
                RETURNING id
                """)
            .param("hash", TokenHash.of(token))
            .param("prefix", token.substring(0, PREFIX_LENGTH))
            .param("minutes", MINUTES)
            .param("by", by.tokenId())
            .query(UUID.class)
            .single();
    audit.did("made", by.user(), made, address);
    return token;
  }
}
