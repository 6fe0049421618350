package dev.muster.api.trace;

import dev.muster.events.trace.OnTraces;
import dev.muster.events.trace.TraceContext;
import dev.muster.events.trace.Traces;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Set;
import org.slf4j.MDC;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.servlet.HandlerMapping;

/// The span of each request, by the conventions for HTTP servers: from the caller's, if it sends
/// `traceparent`. What is logged meanwhile names it. The query is left out, since a socket's has a
/// token.
@Component
@OnTraces
@Order(Ordered.HIGHEST_PRECEDENCE + 2)
final class ServerSpanFilter extends OncePerRequestFilter {
  private static final Set<String> METHODS =
      Set.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT");

  private static final int SERVER_ERRORS = 500;

  /// As OpenTelemetry names them in logs of other formats than its own.
  private static final String LOGGED_TRACE = "trace_id";

  private static final String LOGGED_SPAN = "span_id";

  private final Traces traces;

  ServerSpanFilter(Traces traces) {
    this.traces = traces;
  }

  /// Nobody asks where the page's files, and what monitoring reads, came from.
  @Override
  protected boolean shouldNotFilter(HttpServletRequest request) {
    return !request.getServletPath().startsWith("/api/");
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    var method = METHODS.contains(request.getMethod()) ? request.getMethod() : "_OTHER";
    var span = start(request, method);
    var context = span.getSpanContext();
    MDC.put(LOGGED_TRACE, context.getTraceId());
    MDC.put(LOGGED_SPAN, context.getSpanId());
    try (var _ = span.makeCurrent()) {
      chain.doFilter(request, response);
      status(span, response.getStatus());
    } catch (ServletException | IOException | RuntimeException e) {
      fail(span, e.getClass().getName());
      throw e;
    } finally {
      if (request.getAttribute(HandlerMapping.BEST_MATCHING_PATTERN_ATTRIBUTE)
          instanceof String route) {
        span.setAttribute("http.route", route);
        span.updateName(method + " " + route);
      }
      span.end();
      MDC.remove(LOGGED_TRACE);
      MDC.remove(LOGGED_SPAN);
    }
  }

  private Span start(HttpServletRequest request, String method) {
    var protocol = request.getProtocol();
    var span =
        traces
            .span(
                method.equals("_OTHER") ? "HTTP" : method,
                SpanKind.SERVER,
                TraceContext.parent(request::getHeader))
            .setAttribute("http.request.method", method)
            .setAttribute("url.scheme", request.getScheme())
            .setAttribute("url.path", request.getRequestURI())
            .setAttribute("server.address", request.getServerName())
            .setAttribute("server.port", request.getServerPort())
            .setAttribute("client.address", request.getRemoteAddr())
            .setAttribute("network.protocol.version", protocol.substring(protocol.indexOf('/') + 1))
            .startSpan();
    var agent = request.getHeader("User-Agent");
    if (agent != null) {
      span.setAttribute("user_agent.original", agent);
    }
    return span;
  }

  private static void status(Span span, int status) {
    span.setAttribute("http.response.status_code", status);
    if (status >= SERVER_ERRORS) {
      fail(span, Integer.toString(status));
    }
  }

  private static void fail(Span span, String type) {
    span.setAttribute("error.type", type);
    span.setStatus(StatusCode.ERROR);
  }
}
