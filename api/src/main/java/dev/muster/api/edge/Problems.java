package dev.muster.api.edge;

import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.tomcat.util.http.InvalidParameterException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.dao.QueryTimeoutException;
import org.springframework.dao.TransientDataAccessException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.security.web.firewall.RequestRejectedException;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.web.ErrorResponse;
import org.springframework.web.HttpRequestMethodNotSupportedException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.context.request.async.AsyncRequestNotUsableException;
import org.springframework.web.servlet.resource.NoResourceFoundException;
import tools.jackson.databind.json.JsonMapper;

/// The one place that maps errors to HTTP: RFC 9457 problem details with the seed's `error` member.
@RestControllerAdvice
public class Problems {
  private static final Logger log = LoggerFactory.getLogger(Problems.class);

  public static final String RETRY_AFTER_SECONDS = "1";
  private static final String NOT_ACCEPTABLE = "a value is not acceptable";

  private final JsonMapper json;

  Problems(JsonMapper json) {
    this.json = json;
  }

  @ExceptionHandler
  ResponseEntity<Map<String, Object>> refused(Refused refused) {
    var answer =
        ResponseEntity.status(refused.status()).contentType(MediaType.APPLICATION_PROBLEM_JSON);
    if (refused.isTemporary()) {
      answer.header(HttpHeaders.RETRY_AFTER, RETRY_AFTER_SECONDS);
    }
    var challenge = refused.challenge();
    if (challenge != null) {
      answer.header(HttpHeaders.WWW_AUTHENTICATE, challenge);
    }
    return answer.body(refused.problem());
  }

  @ExceptionHandler
  ResponseEntity<Map<String, Object>> noSuchRoute(NoResourceFoundException e) {
    return refused(Refused.notFound("404 page not found"));
  }

  @ExceptionHandler
  ResponseEntity<Map<String, Object>> wrongMethod(HttpRequestMethodNotSupportedException e) {
    var supported = e.getSupportedHttpMethods();
    var allow =
        (supported == null ? Set.<HttpMethod>of() : supported)
            .stream().map(HttpMethod::name).sorted();
    var problem =
        Refused.problem(
            HttpStatus.METHOD_NOT_ALLOWED, "method-not-allowed", "method not allowed", Map.of());
    return ResponseEntity.status(HttpStatus.METHOD_NOT_ALLOWED)
        .header(HttpHeaders.ALLOW, allow.collect(Collectors.joining(", ")))
        .contentType(MediaType.APPLICATION_PROBLEM_JSON)
        .body(problem);
  }

  /// A query that is not properly encoded. Its text may hold a token, so it is not logged.
  @ExceptionHandler
  ResponseEntity<Map<String, Object>> wrongEncoding(InvalidParameterException e) {
    return refused(Refused.badRequest("a query parameter is not properly encoded"));
  }

  /// What the checks at the edge let through and the database refused. Nothing was changed.
  @ExceptionHandler
  ResponseEntity<Map<String, Object>> refusedByDatabase(DataIntegrityViolationException e) {
    log.atInfo().setCause(e).log("The database refused a value");
    return refused(Refused.badRequest(NOT_ACCEPTABLE));
  }

  /// What Spring Security's firewall refuses. Its text may hold anything, so it is not logged.
  @ExceptionHandler
  ResponseEntity<Map<String, Object>> rejected(RequestRejectedException e) {
    var text = String.valueOf(e.getMessage());
    if (text.contains("HTTP method")) {
      return refused(Refused.unknownMethod());
    }
    return refused(
        Refused.badRequest(
            text.contains("header") || text.contains("parameter")
                ? "a header or parameter has characters it cannot have"
                : "the path has a part that cannot be there: an empty one (//), . or .., ; or an encoded / or %"));
  }

  @ExceptionHandler({
    DataAccessResourceFailureException.class,
    CannotCreateTransactionException.class,
    QueryTimeoutException.class,
    TransientDataAccessException.class
  })
  ResponseEntity<Map<String, Object>> databaseAway(Exception e) {
    if (DatabaseGone.isOnlyALimit(e)) {
      log.atInfo().setCause(e).log("The database has no room for a value");
      return refused(Refused.badRequest(NOT_ACCEPTABLE));
    }
    log.atWarn().setCause(e).log("The database did not answer");
    return unavailable();
  }

  @ExceptionHandler
  ResponseEntity<Map<String, Object>> databaseFailed(DataAccessException e) {
    if (DatabaseGone.isCauseOf(e)) {
      return databaseAway(e);
    }
    return unexpected(e);
  }

  /// The client is gone: there is nobody to answer.
  @ExceptionHandler
  void clientGone(AsyncRequestNotUsableException e) {
    log.atDebug().setCause(e).log("The client left before the answer");
  }

  @ExceptionHandler
  ResponseEntity<Map<String, Object>> unexpected(Exception e) {
    if (e instanceof ErrorResponse known && known.getStatusCode().is4xxClientError()) {
      return refusedByFramework(known);
    }
    log.atError().setCause(e).log("A request failed");
    var status = HttpStatus.INTERNAL_SERVER_ERROR;
    return answer(status, Refused.problem(status, "internal", "internal error", Map.of()));
  }

  private static ResponseEntity<Map<String, Object>> refusedByFramework(ErrorResponse known) {
    var resolved = HttpStatus.resolve(known.getStatusCode().value());
    var status = resolved == null ? HttpStatus.BAD_REQUEST : resolved;
    var text = status.getReasonPhrase().toLowerCase(Locale.ROOT);
    return answer(status, Refused.problem(status, text.replace(' ', '-'), text, Map.of()));
  }

  /// Writes a problem from outside of the controllers: filters and handshakes.
  public void write(HttpServletResponse response, Refused refused) throws IOException {
    response.setStatus(refused.status().value());
    if (refused.isTemporary() && !response.containsHeader(HttpHeaders.RETRY_AFTER)) {
      response.setHeader(HttpHeaders.RETRY_AFTER, RETRY_AFTER_SECONDS);
    }
    var challenge = refused.challenge();
    if (challenge != null) {
      response.setHeader(HttpHeaders.WWW_AUTHENTICATE, challenge);
    }
    response.setContentType(MediaType.APPLICATION_PROBLEM_JSON_VALUE);
    response.getOutputStream().write(json.writeValueAsBytes(refused.problem()));
  }

  private static ResponseEntity<Map<String, Object>> unavailable() {
    var status = HttpStatus.SERVICE_UNAVAILABLE;
    var problem = Refused.problem(status, "unavailable", "the database is not available", Map.of());
    return ResponseEntity.status(status)
        .header(HttpHeaders.RETRY_AFTER, RETRY_AFTER_SECONDS)
        .contentType(MediaType.APPLICATION_PROBLEM_JSON)
        .body(problem);
  }

  private static ResponseEntity<Map<String, Object>> answer(
      HttpStatus status, Map<String, Object> problem) {
    return ResponseEntity.status(status)
        .contentType(MediaType.APPLICATION_PROBLEM_JSON)
        .body(problem);
  }
}
