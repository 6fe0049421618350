package dev.muster.api.oidc;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.springframework.core.ParameterizedTypeReference;
import org.springframework.http.HttpMethod;
import org.springframework.http.client.SimpleClientHttpRequestFactory;
import org.springframework.http.converter.FormHttpMessageConverter;
import org.springframework.security.oauth2.client.endpoint.RestClientAuthorizationCodeTokenResponseClient;
import org.springframework.security.oauth2.client.http.OAuth2ErrorResponseErrorHandler;
import org.springframework.security.oauth2.client.oidc.authentication.OidcAuthorizationCodeAuthenticationProvider;
import org.springframework.security.oauth2.client.oidc.authentication.OidcIdTokenDecoderFactory;
import org.springframework.security.oauth2.client.oidc.authentication.OidcIdTokenValidator;
import org.springframework.security.oauth2.client.oidc.userinfo.OidcUserService;
import org.springframework.security.oauth2.client.registration.ClientRegistration;
import org.springframework.security.oauth2.client.registration.ClientRegistrations;
import org.springframework.security.oauth2.client.userinfo.DefaultOAuth2UserService;
import org.springframework.security.oauth2.core.http.converter.OAuth2AccessTokenResponseHttpMessageConverter;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.jwt.JwtValidators;
import org.springframework.security.oauth2.jwt.NimbusJwtDecoder;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestTemplate;

/// Asks the provider for its addresses and keys, and makes Spring Security's client of them. Each
/// call to the provider has a time limit.
final class Discovery {
  private static final Duration CONNECT_AT_MOST = Duration.ofSeconds(5);
  private static final Duration ANSWER_AT_MOST = Duration.ofSeconds(10);
  private static final String WELL_KNOWN = "/.well-known/openid-configuration";
  private static final String CALLBACK = "{baseUrl}/oidc/callback";

  private final OidcProperties settings;
  private final SimpleClientHttpRequestFactory connections = new SimpleClientHttpRequestFactory();

  Discovery(OidcProperties settings) {
    this.settings = settings;
    connections.setConnectTimeout(CONNECT_AT_MOST);
    connections.setReadTimeout(ANSWER_AT_MOST);
  }

  /// Muster as the provider's client.
  ///
  /// @param codes ends the flow: takes the provider's answer, gets the tokens and checks them
  record Client(
      ClientRegistration registration, OidcAuthorizationCodeAuthenticationProvider codes) {}

  /// @throws RuntimeException if the provider does not answer, or not for this issuer
  Client discover() {
    var registration = register();
    return new Client(registration, codes(registration));
  }

  private ClientRegistration register() {
    var address = settings.issuer().replaceFirst("/$", "") + WELL_KNOWN;
    var answer =
        new RestTemplate(connections)
            .exchange(
                address,
                HttpMethod.GET,
                null,
                new ParameterizedTypeReference<Map<String, Object>>() {})
            .getBody();
    if (answer == null || !settings.issuer().equals(answer.get("issuer"))) {
      throw new IllegalStateException(
          "%s is of the issuer %s, and MUSTER_OIDC_ISSUER is %s"
              .formatted(address, answer == null ? null : answer.get("issuer"), settings.issuer()));
    }
    return ClientRegistrations.fromOidcConfiguration(answer)
        .registrationId("oidc")
        .clientName(settings.name())
        .clientId(settings.clientId())
        .clientSecret(settings.clientSecret())
        .scope(settings.allScopes())
        .redirectUri(settings.redirectUri().isEmpty() ? CALLBACK : settings.redirectUri())
        .build();
  }

  private OidcAuthorizationCodeAuthenticationProvider codes(ClientRegistration registration) {
    var tokens = new RestClientAuthorizationCodeTokenResponseClient();
    tokens.setRestClient(
        RestClient.builder()
            .requestFactory(connections)
            .configureMessageConverters(converters ->
                converters
                    .addCustomConverter(new FormHttpMessageConverter())
                    .addCustomConverter(new OAuth2AccessTokenResponseHttpMessageConverter()))
            .defaultStatusHandler(new OAuth2ErrorResponseErrorHandler())
            .build());
    var info = new DefaultOAuth2UserService();
    var calls = new RestTemplate(connections);
    calls.setErrorHandler(new OAuth2ErrorResponseErrorHandler());
    info.setRestOperations(calls);
    var users = new OidcUserService();
    users.setOauth2UserService(info);
    var codes = new OidcAuthorizationCodeAuthenticationProvider(tokens, users);
    var decoder = decoder(registration);
    codes.setJwtDecoderFactory(_ -> decoder);
    return codes;
  }

  /// With the algorithms of the provider's keys, and its new keys when there are some.
  private JwtDecoder decoder(ClientRegistration registration) {
    var decoder =
        NimbusJwtDecoder.withJwkSetUri(
                Objects.requireNonNull(registration.getProviderDetails().getJwkSetUri()))
            .discoverJwsAlgorithms()
            .restOperations(new RestTemplate(connections))
            .build();
    decoder.setJwtValidator(
        JwtValidators.createDefaultWithValidators(List.of(new OidcIdTokenValidator(registration))));
    decoder.setClaimSetConverter(OidcIdTokenDecoderFactory.createDefaultClaimTypeConverter());
    return decoder;
  }
}
