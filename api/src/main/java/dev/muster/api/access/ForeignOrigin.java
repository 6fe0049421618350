package dev.muster.api.access;

import dev.muster.api.edge.Problems;
import dev.muster.api.edge.Refused;
import java.io.IOException;
import org.springframework.http.server.ServerHttpResponse;
import org.springframework.http.server.ServletServerHttpResponse;
import org.springframework.web.cors.DefaultCorsProcessor;

/// Says as a problem document that a page of another origin may not use the api.
final class ForeignOrigin extends DefaultCorsProcessor {
  private static final String TEXT = "origin not allowed";

  private final Problems problems;

  ForeignOrigin(Problems problems) {
    this.problems = problems;
  }

  @Override
  protected void rejectRequest(ServerHttpResponse response) throws IOException {
    if (response instanceof ServletServerHttpResponse servlet) {
      problems.write(servlet.getServletResponse(), Refused.forbidden(TEXT));
    }
  }
}
