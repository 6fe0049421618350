package dev.muster.api.server;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/// Gives each request a name, which its answer has and what is logged while it is served: the one
/// that the client sends in `X-Request-ID`, if it is short and plain, or a new one.
@Component
@Order(Ordered.HIGHEST_PRECEDENCE + 1)
final class RequestIdFilter extends OncePerRequestFilter {
  private static final String HEADER = "X-Request-ID";

  /// What the pattern of log lines names.
  private static final String LOGGED = "request_id";

  /// Nothing that would end a header or a line of the log, or be read as something else there.
  private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9._:/+=-]{1,128}");

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    var id = id(request.getHeader(HEADER));
    response.setHeader(HEADER, id);
    MDC.put(LOGGED, id);
    try {
      chain.doFilter(request, response);
    } finally {
      MDC.remove(LOGGED);
    }
  }

  static String id(@Nullable String sent) {
    return sent != null && PLAIN.matcher(sent).matches() ? sent : next();
  }

  /// A name that others can guess does no harm, and each request needs one.
  private static String next() {
    var random = ThreadLocalRandom.current();
    return new UUID(random.nextLong(), random.nextLong()).toString();
  }
}
