package dev.muster.api.oidc;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// The provider with which people sign in: Keycloak, Entra ID, Okta, Google or another that speaks
/// OpenID Connect.
///
/// @param issuer the provider's address, as its `/.well-known/openid-configuration` names it; empty
///   where nobody signs in so
/// @param name what the page's button calls the provider
/// @param scopes what is asked for besides `openid`
/// @param redirectUri where the provider sends people back to; empty for `/oidc/callback` of the
///   address that they came by
/// @param domains e-mail domains whose people get in though nobody has added them
/// @param unverifiedEmail whether an address counts of which the provider does not say that it was
///   verified
/// @param rolesClaim the claim that lists somebody's groups or roles; dots lead into objects
/// @param roles who is what in which workspace: `<group>=<workspace slug>:<role>`
/// @param signedInFor how long a sign-in lasts
/// @param tokensFor how long the tokens may live that somebody makes who has signed in; null for
///   ever
@ConfigurationProperties(prefix = "muster.oidc", ignoreUnknownFields = false)
public record OidcProperties(
    @DefaultValue("") String issuer,
    @DefaultValue("") String clientId,
    @DefaultValue("") String clientSecret,
    @DefaultValue("your company") String name,
    @DefaultValue({"email", "profile"}) List<String> scopes,
    @DefaultValue("") String redirectUri,
    @Nullable List<String> domains,
    @DefaultValue("false") boolean unverifiedEmail,
    @DefaultValue("groups") String rolesClaim,
    @Nullable List<String> roles,
    @DefaultValue("12h") Duration signedInFor,
    @Nullable Duration tokensFor) {
  private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");
  private static final Duration MIN = Duration.ofMinutes(1);

  /// @throws IllegalArgumentException if it cannot be, in a sentence without its end
  public OidcProperties {
    scopes = List.copyOf(scopes);
    domains = domains == null ? List.of() : domains.stream().map(OidcProperties::domain).toList();
    roles = roles == null ? List.of() : List.copyOf(roles);
    roles.forEach(RoleRule::parse);
    if (issuer.isEmpty() && (!clientId.isEmpty() || !clientSecret.isEmpty())) {
      throw new IllegalArgumentException("MUSTER_OIDC_ISSUER is not set, but the client is");
    }
    if (!issuer.isEmpty() && clientId.isEmpty()) {
      throw new IllegalArgumentException(
          "MUSTER_OIDC_CLIENTID is not set: the name of Muster at the provider");
    }
    if (!issuer.isEmpty()) {
      requireSafe("MUSTER_OIDC_ISSUER", issuer);
    }
    if (!redirectUri.isEmpty()) {
      requireSafe("MUSTER_OIDC_REDIRECTURI", redirectUri);
    }
    if (signedInFor.compareTo(MIN) < 0 || (tokensFor != null && tokensFor.compareTo(MIN) < 0)) {
      throw new IllegalArgumentException(
          "MUSTER_OIDC_SIGNEDINFOR and MUSTER_OIDC_TOKENSFOR must be at least a minute");
    }
  }

  private static String domain(String text) {
    var domain = text.strip().toLowerCase(Locale.ROOT);
    if (domain.isEmpty() || domain.contains("@") || domain.contains("*")) {
      throw new IllegalArgumentException(
          "MUSTER_OIDC_DOMAINS has %s, which is no domain such as example.org".formatted(text));
    }
    return domain;
  }

  private static void requireSafe(String variable, String address) {
    try {
      var uri = URI.create(address);
      var host = String.valueOf(uri.getHost());
      var isPrivate = "https".equals(uri.getScheme()) && uri.getHost() != null;
      if (isPrivate || ("http".equals(uri.getScheme()) && LOOPBACK.contains(host))) {
        return;
      }
    } catch (IllegalArgumentException e) {
      // Told below.
    }
    throw new IllegalArgumentException(
        "%s is %s, which is no https address such as https://login.example.org"
            .formatted(variable, address));
  }

  boolean isOn() {
    return !issuer.isEmpty();
  }

  @Override
  public List<String> domains() {
    return domains == null ? List.of() : domains;
  }

  List<RoleRule> roleRules() {
    return roles == null ? List.of() : roles.stream().map(RoleRule::parse).toList();
  }

  /// What the provider is asked for.
  Set<String> allScopes() {
    var all = new TreeSet<>(scopes);
    all.add("openid");
    return all;
  }
}
