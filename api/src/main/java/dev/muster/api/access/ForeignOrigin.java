package dev.muster.api.access;

import dev.muster.api.edge.Problems;
import dev.muster.api.edge.Refused;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.server.ServerHttpResponse;
import org.springframework.http.server.ServletServerHttpResponse;
import org.springframework.web.cors.CorsConfiguration;
import org.springframework.web.cors.DefaultCorsProcessor;

/// Lets our own page through, whatever a proxy has made of the address, and says as a problem
/// document that a page of another origin may not use the api.
final class ForeignOrigin extends DefaultCorsProcessor {
  private static final String TEXT = "origin not allowed";

  private final OriginRule rule;
  private final Problems problems;

  ForeignOrigin(OriginRule rule, Problems problems) {
    this.rule = rule;
    this.problems = problems;
  }

  @Override
  public boolean processRequest(
      @Nullable CorsConfiguration configuration,
      HttpServletRequest request,
      HttpServletResponse response)
      throws IOException {
    if (rule.isOwn(request)) {
      response.addHeader(HttpHeaders.VARY, HttpHeaders.ORIGIN);
      return true;
    }
    return super.processRequest(configuration, request, response);
  }

  @Override
  protected void rejectRequest(ServerHttpResponse response) throws IOException {
    if (response instanceof ServletServerHttpResponse servlet) {
      problems.write(servlet.getServletResponse(), Refused.forbidden(TEXT));
    }
  }
}
