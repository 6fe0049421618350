package dev.muster.api.access;

import dev.muster.api.ApiProperties;
import dev.muster.api.edge.Problems;
import java.time.Duration;
import java.util.List;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.access.intercept.AuthorizationFilter;
import org.springframework.web.cors.CorsConfiguration;
import org.springframework.web.cors.UrlBasedCorsConfigurationSource;
import org.springframework.web.servlet.HandlerExceptionResolver;

/// Every route under `/api` needs a token; health, the page and the WebSocket's handshake (which
/// asks for itself) do not.
@Configuration(proxyBeanMethods = false)
class SecurityConfiguration {
  static boolean isOpen(String path) {
    return !path.startsWith("/api");
  }

  @Bean
  SecurityFilterChain securityFilterChain(
      HttpSecurity http,
      Callers callers,
      Problems problems,
      @Qualifier("handlerExceptionResolver") HandlerExceptionResolver exceptions,
      ApiProperties properties) {
    return http.csrf(AbstractHttpConfigurer::disable)
        .formLogin(AbstractHttpConfigurer::disable)
        .httpBasic(AbstractHttpConfigurer::disable)
        .logout(AbstractHttpConfigurer::disable)
        .requestCache(AbstractHttpConfigurer::disable)
        .sessionManagement(
            session -> session.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
        .cors(cors -> cors.configurationSource(origins(properties.allowedOrigins())))
        .addFilterBefore(new TokenFilter(callers, problems, exceptions), AuthorizationFilter.class)
        .authorizeHttpRequests(requests ->
            requests
                .requestMatchers(request -> isOpen(request.getRequestURI()))
                .permitAll()
                .anyRequest()
                .authenticated())
        .build();
  }

  private static UrlBasedCorsConfigurationSource origins(List<String> allowed) {
    var cors = new CorsConfiguration();
    cors.setAllowedOrigins(allowed);
    cors.setAllowedMethods(List.of("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"));
    cors.setAllowedHeaders(
        List.of(
            "Accept", "Authorization", "Content-Type", "X-Workspace-ID", "X-Request-ID", "Prefer"));
    cors.setAllowCredentials(true);
    cors.setMaxAge(Duration.ofMinutes(5));
    var source = new UrlBasedCorsConfigurationSource();
    source.registerCorsConfiguration("/**", cors);
    return source;
  }
}
