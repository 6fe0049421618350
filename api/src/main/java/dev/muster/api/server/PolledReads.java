package dev.muster.api.server;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.regex.Pattern;
import org.springframework.http.HttpHeaders;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.ShallowEtagHeaderFilter;

/// Gives the reads that clients ask for again and again an `ETag`, and answers 304 to whoever knows
/// the answer already. It is made all the same: what is spared is its way to the client.
///
/// What may be very large is not among them, since the whole answer must be there before its tag
/// is.
@Component
final class PolledReads extends ShallowEtagHeaderFilter {
  private static final Pattern PATHS =
      Pattern.compile(
          "/api/(?:tasks(?:/[^/]+)?|dead-letters|workspaces/[^/]+/(?:stats|budget)|agents/[^/]+/budget"
              + "|runtimes/[^/]+/(?:usage|activity|ping/[^/]+))/?");

  PolledReads() {
    // A proxy may compress the answer, and it is the same still.
    setWriteWeakETag(true);
  }

  @Override
  protected boolean shouldNotFilter(HttpServletRequest request) {
    return !isPolled(request.getMethod(), request.getServletPath());
  }

  static boolean isPolled(String method, String path) {
    return method.equals("GET") && PATHS.matcher(path).matches();
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    // Kept by nobody but the client, which asks whether it is as it was.
    response.setHeader(HttpHeaders.CACHE_CONTROL, "private, no-cache");
    super.doFilterInternal(request, response, chain);
  }
}
