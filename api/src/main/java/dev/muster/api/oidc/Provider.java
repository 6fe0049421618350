package dev.muster.api.oidc;

import dev.muster.api.edge.Refused;
import dev.muster.api.oidc.SignInFailed.Reason;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.oauth2.client.authentication.OAuth2LoginAuthenticationToken;
import org.springframework.security.oauth2.client.registration.ClientRegistration;
import org.springframework.security.oauth2.client.registration.InMemoryClientRegistrationRepository;
import org.springframework.security.oauth2.client.web.DefaultOAuth2AuthorizationRequestResolver;
import org.springframework.security.oauth2.core.endpoint.OAuth2AuthorizationExchange;
import org.springframework.security.oauth2.core.endpoint.OAuth2AuthorizationRequest;
import org.springframework.security.oauth2.core.endpoint.OAuth2AuthorizationResponse;
import org.springframework.security.oauth2.core.endpoint.OAuth2ParameterNames;
import org.springframework.security.oauth2.core.endpoint.PkceParameterNames;
import org.springframework.security.oauth2.core.oidc.endpoint.OidcParameterNames;
import org.springframework.security.oauth2.core.oidc.user.OidcUser;
import org.springframework.stereotype.Component;

/// Speaks OpenID Connect with the provider: the authorization code flow with PKCE, state and nonce,
/// all of it Spring Security's.
///
/// The provider is asked for its addresses when somebody signs in, and not at the start: Muster
/// serves daemons while it is away.
@Component
class Provider {
  private static final Logger log = LoggerFactory.getLogger(Provider.class);

  /// After that it is asked again for its addresses and the algorithms of its keys.
  private static final Duration KNOWN_FOR = Duration.ofHours(1);

  /// One that does not answer is not asked for each of those who try to sign in.
  private static final Duration AWAY_FOR = Duration.ofSeconds(5);

  private final OidcProperties settings;
  private final Discovery discovery;
  private volatile @Nullable Known known;
  private volatile long awayUntilNanos = System.nanoTime();

  private record Known(Discovery.Client client, long sinceNanos) {
    boolean isFresh() {
      return System.nanoTime() - sinceNanos < KNOWN_FOR.toNanos();
    }
  }

  /// What the provider sends a browser back with, besides the state of the attempt.
  record Answer(@Nullable String code, @Nullable String error) {}

  /// Where a browser goes, and what it keeps until it comes back.
  record Departure(String address, Attempt attempt) {}

  Provider(OidcProperties settings) {
    this.settings = settings;
    this.discovery = new Discovery(settings);
  }

  /// @throws Refused 404 if there is none
  Departure begin(HttpServletRequest request, String then) throws SignInFailed {
    var registration = client().registration();
    var resolver =
        new DefaultOAuth2AuthorizationRequestResolver(
            new InMemoryClientRegistrationRepository(registration), "/oidc");
    var asked = resolver.resolve(request, registration.getRegistrationId());
    if (asked == null) {
      throw new IllegalStateException("no request for " + registration.getRegistrationId());
    }
    var attempt =
        new Attempt(
            String.valueOf(asked.getState()),
            String.valueOf(asked.<String>getAttribute(OidcParameterNames.NONCE)),
            String.valueOf(asked.<String>getAttribute(PkceParameterNames.CODE_VERIFIER)),
            String.valueOf(asked.getRedirectUri()),
            then);
    return new Departure(asked.getAuthorizationRequestUri(), attempt);
  }

  /// Who the provider says has come back.
  ///
  /// @throws Refused 404 if there is none
  OidcUser complete(Attempt attempt, Answer answer) throws SignInFailed {
    var client = client();
    var exchange =
        new OAuth2AuthorizationExchange(
            request(client.registration(), attempt), response(attempt, answer));
    try {
      var ended =
          client
              .codes()
              .authenticate(new OAuth2LoginAuthenticationToken(client.registration(), exchange));
      if (ended != null && ended.getPrincipal() instanceof OidcUser user) {
        return user;
      }
      throw new SignInFailed(Reason.PROVIDER_AWAY, "the provider named nobody");
    } catch (AuthenticationException e) {
      throw new SignInFailed(Reason.PROVIDER_REFUSED, String.valueOf(e.getMessage()));
    }
  }

  private static OAuth2AuthorizationRequest request(
      ClientRegistration registration, Attempt attempt) {
    return OAuth2AuthorizationRequest.authorizationCode()
        .clientId(registration.getClientId())
        .authorizationUri(String.valueOf(registration.getProviderDetails().getAuthorizationUri()))
        .redirectUri(attempt.redirectUri())
        .scopes(registration.getScopes())
        .state(attempt.state())
        .attributes(
            Map.of(
                OAuth2ParameterNames.REGISTRATION_ID, registration.getRegistrationId(),
                OidcParameterNames.NONCE, attempt.nonce(),
                PkceParameterNames.CODE_VERIFIER, attempt.verifier()))
        .build();
  }

  private static OAuth2AuthorizationResponse response(Attempt attempt, Answer answer) {
    var code = answer.code();
    var begun =
        code == null || answer.error() != null
            ? OAuth2AuthorizationResponse.error(answer.error() == null ? "no_code" : answer.error())
            : OAuth2AuthorizationResponse.success(code);
    return begun.redirectUri(attempt.redirectUri()).state(attempt.state()).build();
  }

  /// @throws Refused 404 if there is none
  void requireOn() {
    if (!settings.isOn()) {
      throw Refused.notFound("nobody signs in with a provider here");
    }
  }

  private Discovery.Client client() throws SignInFailed {
    requireOn();
    var before = known;
    if (before != null && before.isFresh()) {
      return before.client();
    }
    if (System.nanoTime() - awayUntilNanos < 0) {
      if (before != null) {
        return before.client();
      }
      throw new SignInFailed(Reason.PROVIDER_AWAY, "the provider did not answer a moment ago");
    }
    try {
      var found = new Known(discovery.discover(), System.nanoTime());
      known = found;
      return found.client();
    } catch (RuntimeException e) {
      log.atWarn().setCause(e).log("the sign-in provider {} does not answer", settings.issuer());
      awayUntilNanos = System.nanoTime() + AWAY_FOR.toNanos();
      if (before != null) {
        return before.client();
      }
      throw new SignInFailed(Reason.PROVIDER_AWAY, String.valueOf(e.getMessage()));
    }
  }
}
