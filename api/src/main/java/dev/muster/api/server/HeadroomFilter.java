package dev.muster.api.server;

import dev.muster.api.edge.Problems;
import dev.muster.api.edge.Refused;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Set;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/// Refuses what would make more work while there is no room for it. What ends work, or only looks,
/// goes on.
@Component
@Order(0)
final class HeadroomFilter extends OncePerRequestFilter {
  private static final String RETRY_AFTER_SECONDS = "30";
  private static final Set<String> LOOKS = Set.of("GET", "HEAD", "OPTIONS", "DELETE");
  private static final String OF_DAEMONS = "/api/daemon/";

  /// What a daemon does that makes more of anything.
  private static final Set<String> MORE = Set.of("claim", "messages", "progress");

  /// What a person does to have less of it.
  private static final Set<String> LESS = Set.of("cancel", "pause", "drain");

  private final Headroom headroom;
  private final Problems problems;

  HeadroomFilter(Headroom headroom, Problems problems) {
    this.headroom = headroom;
    this.problems = problems;
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    var shortage = headroom.shortage();
    if (shortage.isEmpty() || !makesWork(request.getMethod(), request.getServletPath())) {
      chain.doFilter(request, response);
      return;
    }
    response.setHeader(HttpHeaders.RETRY_AFTER, RETRY_AFTER_SECONDS);
    problems.write(response, Refused.noRoom(shortage.get()));
  }

  static boolean makesWork(String method, String path) {
    if (LOOKS.contains(method)) {
      return false;
    }
    var verb = path.substring(path.lastIndexOf('/') + 1);
    return path.startsWith(OF_DAEMONS) ? MORE.contains(verb) : !LESS.contains(verb);
  }
}
