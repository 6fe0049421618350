package dev.muster.api.access;

import dev.muster.api.ApiProperties;
import dev.muster.api.edge.Problems;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import java.util.List;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.access.intercept.AuthorizationFilter;
import org.springframework.security.web.context.NullSecurityContextRepository;
import org.springframework.security.web.firewall.RequestRejectedHandler;
import org.springframework.web.cors.CorsConfiguration;
import org.springframework.web.cors.UrlBasedCorsConfigurationSource;
import org.springframework.web.filter.CorsFilter;
import org.springframework.web.servlet.HandlerExceptionResolver;

/// Every route under `/api` and the metrics need a token; health, the page and the WebSocket's
/// handshake (which asks for itself) do not.
@Configuration(proxyBeanMethods = false)
class SecurityConfiguration {
  /// The page brings its own script and style, speaks to its own server, and nothing else.
  private static final String PAGE =
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
          + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

  /// What the documents tell clients to send.
  private static final List<String> SENT =
      List.of(
          "Accept",
          "Authorization",
          "Claim-Generation",
          "Content-Type",
          "Idempotency-Key",
          "If-None-Match",
          "Prefer",
          "Process-Id",
          "X-Request-ID",
          "X-Workspace-ID",
          "traceparent",
          "tracestate");

  /// What a page may read of an answer, besides what it always may.
  private static final List<String> ANSWERED =
      List.of(
          "Allow",
          "Date",
          "ETag",
          "Link",
          "Location",
          "Preference-Applied",
          "Retry-After",
          "WWW-Authenticate",
          "X-Request-ID");

  /// By the decoded path, which is what routes are found by.
  static boolean isOpen(HttpServletRequest request) {
    var path = request.getServletPath();
    return !path.startsWith("/api") && !path.startsWith("/metrics");
  }

  @Bean
  OriginRule originRule(ApiProperties properties) {
    return new OriginRule(properties.allowedOrigins());
  }

  /// What the firewall refuses is told as everything else that is refused.
  @Bean
  RequestRejectedHandler rejectedRequests(
      @Qualifier("handlerExceptionResolver") HandlerExceptionResolver exceptions) {
    return (request, response, rejected) ->
        exceptions.resolveException(request, response, null, rejected);
  }

  @Bean
  SecurityFilterChain securityFilterChain(
      HttpSecurity http,
      Callers callers,
      Problems problems,
      @Qualifier("handlerExceptionResolver") HandlerExceptionResolver exceptions,
      OriginRule origins) {
    return http.csrf(AbstractHttpConfigurer::disable)
        .formLogin(AbstractHttpConfigurer::disable)
        .httpBasic(AbstractHttpConfigurer::disable)
        .logout(AbstractHttpConfigurer::disable)
        .requestCache(AbstractHttpConfigurer::disable)
        // A caller is known by the token of each request, and asked for by CallerArguments alone:
        // what
        // else Spring Security does for each request would serve nobody.
        .securityContext(
            context -> context.securityContextRepository(new NullSecurityContextRepository()))
        .sessionManagement(AbstractHttpConfigurer::disable)
        .anonymous(AbstractHttpConfigurer::disable)
        .servletApi(AbstractHttpConfigurer::disable)
        .headers(headers -> headers.contentSecurityPolicy(policy -> policy.policyDirectives(PAGE)))
        .cors(AbstractHttpConfigurer::disable)
        .addFilter(filter(origins, problems))
        .addFilterBefore(new TokenFilter(callers, problems, exceptions), AuthorizationFilter.class)
        .authorizeHttpRequests(requests ->
            requests
                .requestMatchers(SecurityConfiguration::isOpen)
                .permitAll()
                .anyRequest()
                .authenticated())
        .build();
  }

  private static CorsFilter filter(OriginRule origins, Problems problems) {
    var cors = new CorsConfiguration();
    cors.setAllowedOrigins(origins.allowed());
    cors.setAllowedMethods(List.of("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"));
    cors.setAllowedHeaders(SENT);
    cors.setExposedHeaders(ANSWERED);
    cors.setAllowCredentials(true);
    cors.setMaxAge(Duration.ofMinutes(5));
    var source = new UrlBasedCorsConfigurationSource();
    // The socket asks the same rule itself, and the page is for everybody.
    source.registerCorsConfiguration("/api/**", cors);
    source.registerCorsConfiguration("/muster-client.js", cors);
    var filter = new CorsFilter(source);
    filter.setCorsProcessor(new ForeignOrigin(origins, problems));
    return filter;
  }
}
