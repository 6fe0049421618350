package dev.muster.api.metrics;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.servlet.HandlerMapping;

/// Counts requests and how long they take, by route and status, under the name and tags that Spring
/// Boot's dashboards know; and writes the access log, where somebody wants one
/// (`LOGGING_LEVEL_ACCESS=info`). A query is never written, since a socket's has a token.
@Component
@Order(Ordered.HIGHEST_PRECEDENCE + 3)
final class RequestMeter extends OncePerRequestFilter {
  private static final Logger ACCESS = LoggerFactory.getLogger("access");
  private static final Set<String> METHODS =
      Set.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS");

  /// Paths that no route has are of anybody's making.
  private static final String NO_ROUTE = "UNKNOWN";

  private static final int FAILED = 500;

  private final MeterRegistry meters;
  private final Map<Kind, Timer> timers = new ConcurrentHashMap<>();

  RequestMeter(MeterRegistry meters) {
    this.meters = meters;
  }

  /// What is counted together.
  private record Kind(String method, String route, int status) {}

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    var begun = System.nanoTime();
    var status = FAILED;
    try {
      chain.doFilter(request, response);
      status = response.getStatus();
    } finally {
      var took = Duration.ofNanos(System.nanoTime() - begun);
      timers.computeIfAbsent(kind(request, status), this::timer).record(took);
      if (ACCESS.isInfoEnabled()) {
        write(request, status, took);
      }
    }
  }

  private static Kind kind(HttpServletRequest request, int status) {
    var route = request.getAttribute(HandlerMapping.BEST_MATCHING_PATTERN_ATTRIBUTE);
    return new Kind(
        METHODS.contains(request.getMethod()) ? request.getMethod() : "OTHER",
        route instanceof String pattern ? pattern : NO_ROUTE,
        status);
  }

  private Timer timer(Kind kind) {
    return Timer.builder("http.server.requests")
        .description("Requests that were answered")
        .tag("method", kind.method())
        .tag("uri", kind.route())
        .tag("status", Integer.toString(kind.status()))
        .tag("outcome", outcome(kind.status()))
        .register(meters);
  }

  private static String outcome(int status) {
    return switch (status / 100) {
      case 1 -> "INFORMATIONAL";
      case 2 -> "SUCCESS";
      case 3 -> "REDIRECTION";
      case 4 -> "CLIENT_ERROR";
      default -> "SERVER_ERROR";
    };
  }

  private static void write(HttpServletRequest request, int status, Duration took) {
    ACCESS
        .atInfo()
        .addKeyValue("method", request.getMethod())
        .addKeyValue("path", request.getRequestURI())
        .addKeyValue("status", status)
        .addKeyValue("millis", took.toMillis())
        .addKeyValue("client", request.getRemoteAddr())
        .log("Answered");
  }
}
