package dev.muster.api.server;

import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.IOException;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;

/// Has an answer written when it is complete: in one piece and with its length, as long as it fits
/// Tomcat's buffer.
///
/// Spring flushes what a converter has written. Tomcat then sends the head and a chunk, and the end
/// of the chunks afterwards: two calls of the system and two packets for each answer, however
/// small.
@Component
@Order(Ordered.HIGHEST_PRECEDENCE)
final class SingleWriteFilter implements Filter {
  @Override
  public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    chain.doFilter(request, new Unflushed(request, (HttpServletResponse) response));
  }

  private static final class Unflushed extends HttpServletResponseWrapper {
    private final ServletRequest request;

    Unflushed(ServletRequest request, HttpServletResponse response) {
      super(response);
      this.request = request;
    }

    /// Whoever answers piece by piece does so after the request's thread has gone.
    @Override
    public void flushBuffer() throws IOException {
      if (request.isAsyncStarted()) {
        super.flushBuffer();
      }
    }
  }
}
