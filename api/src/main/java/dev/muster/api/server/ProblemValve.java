package dev.muster.api.server;

import dev.muster.api.edge.Problems;
import dev.muster.api.edge.Refused;
import java.io.IOException;
import java.util.Locale;
import java.util.Map;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ErrorReportValve;
import org.apache.coyote.AbstractProtocol;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import tools.jackson.databind.json.JsonMapper;

/// Says as a problem document what the web server refuses by itself, before any filter or
/// controller: a path it does not take, a method nobody knows, headers that are too long.
///
/// While the server stops, each of these is 503: of a request that comes in that moment Tomcat
/// reads the first line alone, misses the headers, and calls the request a bad one.
///
/// Public, since Tomcat makes it by its name.
public final class ProblemValve extends ErrorReportValve {
  private static final Logger log = LoggerFactory.getLogger(ProblemValve.class);
  private static final int STOPPING = HttpStatus.SERVICE_UNAVAILABLE.value();
  private static final JsonMapper JSON = JsonMapper.builder().build();

  /// Of the web server itself, which does not say which of them it was.
  private static final String BAD_REQUEST =
      "bad request: its line or headers are larger than 8 KiB or hold characters that must be percent-encoded there, or its Host is missing or no name of a host (which has no _)";

  @Override
  protected void report(Request request, Response response, @Nullable Throwable failure) {
    var code = isStopping(request) ? STOPPING : response.getStatus();
    if (response.getStatus() < HttpStatus.BAD_REQUEST.value()
        || response.getContentWritten() > 0
        || !response.setErrorReported()) {
      return;
    }
    // What the client got wrong is not logged: its request line may hold a token.
    if (failure != null && code >= HttpStatus.INTERNAL_SERVER_ERROR.value()) {
      log.atError().setCause(failure).log("A request failed outside of the controllers");
    }
    var status = HttpStatus.resolve(code);
    try {
      if (code == STOPPING) {
        response.setStatus(code);
        response.setHeader(HttpHeaders.RETRY_AFTER, Problems.RETRY_AFTER_SECONDS);
      }
      response.setContentType(MediaType.APPLICATION_PROBLEM_JSON_VALUE);
      var writer = response.getReporter();
      if (writer != null) {
        writer.write(
            JSON.writeValueAsString(problem(status == null ? HttpStatus.BAD_REQUEST : status)));
        response.finishResponse();
      }
    } catch (IOException e) {
      log.atDebug().setCause(e).log("The client left before the answer");
    }
  }

  private static boolean isStopping(Request request) {
    return request.getConnector().getProtocolHandler() instanceof AbstractProtocol<?> protocol
        && protocol.isPaused();
  }

  private static Map<String, Object> problem(HttpStatus status) {
    var text = status.getReasonPhrase().toLowerCase(Locale.ROOT);
    var detail = status == HttpStatus.BAD_REQUEST ? BAD_REQUEST : text;
    return Refused.problem(status, text.replace(' ', '-'), detail, Map.of());
  }
}
