package dev.muster.api.oidc;

import dev.muster.api.access.Caller;
import dev.muster.api.access.TokenAudit;
import dev.muster.api.access.TokenHash;
import dev.muster.events.id.UserId;
import java.time.Duration;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/// The tokens that pages hold whose person has signed in with the provider: each lives for hours.
@Component
class SignInTokens {
  private static final int PREFIX_LENGTH = 12;

  /// As many as one person has at once; a new one ends the oldest.
  private static final int MAX = 20;

  private final JdbcClient db;
  private final TokenAudit audit;
  private final OidcProperties settings;

  SignInTokens(JdbcClient db, TokenAudit audit, OidcProperties settings) {
    this.db = db;
    this.audit = audit;
    this.settings = settings;
  }

  /// Makes one, in the caller's transaction and in the place of those that have ended.
  String begin(UserId user, String address) {
    db.sql(
            """
            DELETE FROM access_token
             WHERE id IN (SELECT id FROM access_token WHERE user_id = :user AND is_sign_in AND expires_at >= now()
                           ORDER BY created_at DESC OFFSET :others)
                OR user_id = :user AND is_sign_in AND expires_at < now()
            """)
        .param("user", user.value())
        .param("others", MAX - 1)
        .update();
    var token = TokenHash.newToken();
    var made =
        db.sql(
                """
                INSERT INTO access_token (user_id, name, token_hash, token_prefix, expires_at, is_sign_in, login_until)
                VALUES (:user, :name, :hash, :prefix, now() + make_interval(secs => :signed_in), true,
                        now() + make_interval(secs => :tokens::float8))
                RETURNING id
                """)
            .param("user", user.value())
            .param("name", "Sign-in with " + settings.name())
            .param("hash", TokenHash.of(token))
            .param("prefix", token.substring(0, PREFIX_LENGTH))
            .param("signed_in", (double) settings.signedInFor().toSeconds())
            .param("tokens", seconds(settings.tokensFor()))
            .query(UUID.class)
            .single();
    audit.did("made", user, made, address);
    return token;
  }

  private static @Nullable Double seconds(@Nullable Duration duration) {
    return duration == null ? null : (double) duration.toSeconds();
  }

  /// Ends the sign-in whose token the caller has. A token that is none lives on: a page that
  /// forgets one it was given ends nothing. Returns whether one has ended.
  @Transactional
  public boolean end(Caller caller, String address) {
    var isEnded =
        db.sql(
                    "UPDATE access_token SET revoked = true WHERE id = :token AND is_sign_in AND NOT revoked")
                .param("token", caller.tokenId())
                .update()
            == 1;
    if (isEnded) {
      audit.did("revoked", caller.user(), caller.tokenId(), address);
    }
    return isEnded;
  }
}
