package dev.muster.api.oidc;

import dev.muster.api.edge.Input;
import dev.muster.api.edge.Limits;
import dev.muster.api.edge.StorableText;
import dev.muster.api.workspace.EmailAddress;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.security.oauth2.core.oidc.user.OidcUser;

/// What a provider says about somebody.
///
/// @param issuer which provider
/// @param subject who, by the provider's own name, which never changes hands
/// @param email empty if there is none, or it was not verified and must be
/// @param roles what the roles claim lists
record Claims(
    String issuer, String subject, String name, Optional<EmailAddress> email, List<String> roles) {
  private static final int NAME_MAX = 100;

  static Claims of(OidcUser user, OidcProperties settings) {
    var claims = user.getClaims();
    var isVerified = settings.unverifiedEmail() || Boolean.TRUE.equals(user.getEmailVerified());
    var email = isVerified ? EmailAddress.of(user.getEmail()) : Optional.<EmailAddress>empty();
    var subject = Objects.requireNonNull(user.getSubject());
    return new Claims(
        settings.issuer(),
        subject,
        name(user, subject, email),
        email,
        texts(find(claims, settings.rolesClaim())));
  }

  private static String name(OidcUser user, String subject, Optional<EmailAddress> email) {
    for (var each : new String[] {user.getFullName(), user.getPreferredUsername()}) {
      if (each != null && !each.isBlank()) {
        return shown(each);
      }
    }
    return email.map(EmailAddress::local).orElseGet(() -> shown(subject));
  }

  /// A name as people give themselves one, whatever the provider has let them write.
  private static String shown(String name) {
    return Input.orElse("name", StorableText.cut(name, NAME_MAX), "", Limits.NAME).strip();
  }

  /// A claim by its name, or by a path with dots into objects, as Keycloak's `realm_access.roles`.
  private static @Nullable Object find(Map<?, ?> claims, String path) {
    var whole = claims.get(path);
    var dot = path.indexOf('.');
    if (whole != null || dot < 0) {
      return whole;
    }
    return claims.get(path.substring(0, dot)) instanceof Map<?, ?> inner
        ? find(inner, path.substring(dot + 1))
        : null;
  }

  private static List<String> texts(@Nullable Object claim) {
    return switch (claim) {
      case String one -> List.of(one);
      case Collection<?> many ->
          many.stream().filter(String.class::isInstance).map(String.class::cast).toList();
      case null, default -> List.of();
    };
  }
}
