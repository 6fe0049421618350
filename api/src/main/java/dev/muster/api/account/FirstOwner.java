package dev.muster.api.account;

import dev.muster.api.ApiProperties;
import dev.muster.api.access.TokenHash;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.InitializingBean;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/// The first owner, who exists because somebody set `MUSTER_TOKEN`. Another token on a later start
/// takes the place of the former one. One that was revoked stays so, whatever the environment says.
@Component
class FirstOwner implements InitializingBean {
  private static final Logger log = LoggerFactory.getLogger(FirstOwner.class);

  private static final String TOKEN_NAME = "first owner";
  private static final int PREFIX_LENGTH = 12;

  private final JdbcClient db;
  private final TransactionTemplate transaction;
  private final ApiProperties properties;

  FirstOwner(JdbcClient db, TransactionTemplate transaction, ApiProperties properties) {
    this.db = db;
    this.transaction = transaction;
    this.properties = properties;
  }

  @Override
  public void afterPropertiesSet() {
    var token = properties.token();
    if (!token.isEmpty()) {
      transaction.executeWithoutResult(_ -> ensure(token));
    }
  }

  private void ensure(String token) {
    var hash = TokenHash.of(token);
    db.sql(
            """
            INSERT INTO app_user (name, email) VALUES ('Owner', 'owner@localhost') ON CONFLICT (email) DO NOTHING
            """)
        .update();
    db.sql(
            """
            UPDATE access_token t SET revoked = true
              FROM app_user u
             WHERE u.id = t.user_id AND u.email = 'owner@localhost' AND t.name = :name AND t.token_hash <> :hash
            """)
        .param("name", TOKEN_NAME)
        .param("hash", hash)
        .update();
    db.sql(
            """
            INSERT INTO access_token (user_id, name, token_hash, token_prefix)
            SELECT id, :name, :hash, :prefix FROM app_user WHERE email = 'owner@localhost'
            ON CONFLICT (token_hash) DO NOTHING
            """)
        .param("name", TOKEN_NAME)
        .param("hash", hash)
        .param("prefix", token.substring(0, Math.min(PREFIX_LENGTH, token.length())))
        .update();
    var isRevoked =
        db.sql("SELECT revoked FROM access_token WHERE token_hash = :hash")
            .param("hash", hash)
            .query(Boolean.class)
            .single();
    if (isRevoked) {
      log.atWarn()
          .log("MUSTER_TOKEN is a token that was revoked, and stays so; set another one to get in");
    }
  }
}
