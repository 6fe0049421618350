package dev.muster.api.account;

import dev.muster.api.access.Caller;
import dev.muster.api.access.TokenAudit;
import dev.muster.api.edge.Refused;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/// Lets a token that is in use live on, as daemons ask for every few days.
///
/// It gets as much again as it was made for, 90 days at most, when a week or less of it is left.
/// One that was made for less than 30 days was meant to end, and does.
@Component
class TokenRenewal {
  private static final int LEFT_DAYS = 7;
  private static final int LIFETIME_MIN_DAYS = 30;
  private static final int RENEWED_MAX_DAYS = 90;

  private final JdbcClient db;
  private final TokenAudit audit;

  TokenRenewal(JdbcClient db, TokenAudit audit) {
    this.db = db;
    this.audit = audit;
  }

  /// How long the token is good for now.
  ///
  /// @param expiresAt empty where it never expires
  record Renewed(String expiresAt, boolean renewed) {}

  private record Expiry(@Nullable OffsetDateTime at) {
    String text() {
      return at == null
          ? ""
          : DateTimeFormatter.ISO_OFFSET_DATE_TIME.format(
              at.withOffsetSameInstant(java.time.ZoneOffset.UTC).truncatedTo(ChronoUnit.SECONDS));
    }
  }

  /// Renews the caller's token if it is about to end.
  ///
  /// @throws Refused 401 if the token has just gone
  @Transactional
  public Renewed renew(Caller caller, String address) {
    var renewed = prolong(caller.tokenId());
    if (renewed.isPresent()) {
      audit.did("renewed", caller.user(), caller.tokenId(), address);
      return new Renewed(renewed.get().text(), true);
    }
    return db.sql("SELECT expires_at FROM access_token WHERE id = :token AND NOT revoked")
        .param("token", caller.tokenId())
        .query((row, _) -> new Expiry(row.getObject(1, OffsetDateTime.class)))
        .optional()
        .map(expiry -> new Renewed(expiry.text(), false))
        .orElseThrow(() -> Refused.unauthorized("token is no longer valid"));
  }

  private Optional<Expiry> prolong(UUID token) {
    return db.sql(
            """
            UPDATE access_token
               SET lifetime = coalesce(lifetime, expires_at - created_at),
                   expires_at = now() + least(coalesce(lifetime, expires_at - created_at), make_interval(days => :most))
             WHERE id = :token AND NOT revoked AND NOT is_sign_in AND expires_at > now()
               AND expires_at <= now() + make_interval(days => :left)
               AND coalesce(lifetime, expires_at - created_at) >= make_interval(days => :least)
            RETURNING expires_at
            """)
        .param("token", token)
        .param("left", LEFT_DAYS)
        .param("least", LIFETIME_MIN_DAYS)
        .param("most", RENEWED_MAX_DAYS)
        .query((row, _) -> new Expiry(row.getObject(1, OffsetDateTime.class)))
        .optional();
  }
}
