package dev.muster.api.oidc;

import dev.muster.events.id.UserId;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/// Which user somebody is whom the provider names.
@Component
class People {
  /// Where addresses are of no people, or of the first owner: no provider speaks for them.
  private static final String OWN_DOMAIN = "localhost";

  private final JdbcClient db;

  People(JdbcClient db) {
    this.db = db;
  }

  /// Who has signed in before, whatever the address is now.
  Optional<UserId> known(Claims claims) {
    return db.sql("SELECT user_id FROM user_identity WHERE issuer = :issuer AND subject = :subject")
        .param("issuer", claims.issuer())
        .param("subject", claims.subject())
        .query(UUID.class)
        .optional()
        .map(UserId::new);
  }

  /// Who was added by the address of the claims, and is not known by another identity of this
  /// provider: an address that was given to somebody else is not the former owner's.
  Optional<UserId> added(Claims claims) {
    return claims
        .email()
        .filter(email -> !isOwn(email.domain()))
        .flatMap(email ->
            db.sql(
                    """
                    SELECT id FROM app_user u
                     WHERE email = :email
                       AND NOT EXISTS (SELECT FROM user_identity i WHERE i.user_id = u.id AND i.issuer = :issuer)
                    """)
                .param("email", email.text())
                .param("issuer", claims.issuer())
                .query(UUID.class)
                .optional()
                .map(UserId::new));
  }

  /// A new user; empty if the claims name no address, or one that is another's.
  Optional<UserId> make(Claims claims) {
    return claims
        .email()
        .filter(email -> !isOwn(email.domain()))
        .flatMap(email ->
            db.sql(
                    """
                    INSERT INTO app_user (name, email) VALUES (:name, :email)
                    ON CONFLICT (email) DO NOTHING
                    RETURNING id
                    """)
                .param("name", claims.name())
                .param("email", email.text())
                .query(UUID.class)
                .optional()
                .map(UserId::new));
  }

  private static boolean isOwn(String domain) {
    return domain.equals(OWN_DOMAIN) || domain.endsWith("." + OWN_DOMAIN);
  }

  /// Remembers who the identity is.
  void remember(Claims claims, UserId user) {
    db.sql(
            """
            INSERT INTO user_identity (issuer, subject, user_id) VALUES (:issuer, :subject, :user)
            ON CONFLICT (issuer, subject) DO NOTHING
            """)
        .param("issuer", claims.issuer())
        .param("subject", claims.subject())
        .param("user", user.value())
        .update();
  }
}
