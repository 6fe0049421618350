package dev.muster.standalone.reference;

import dev.muster.api.access.Caller;
import dev.muster.api.access.ScopesOfRoutes;
import dev.muster.api.access.WorkspaceAccess;
import dev.muster.api.edge.LargeAnswer;
import dev.muster.api.server.PolledRoutes;
import dev.muster.standalone.reference.TypeSchemas.Use;
import java.lang.reflect.Parameter;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import org.springframework.http.HttpHeaders;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.method.HandlerMethod;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// How an operation may be answered, as far as the code says it.
///
/// @param path with its variables in braces
record Answers(TypeSchemas schemas, String method, String path, HandlerMethod handler) {
  /// Parameters by which a list goes on where its answer has no member that says so.
  private static final String REDIRECT = "org.springframework.http.ResponseEntity<java.lang.Void>";

  private static final List<String> GOES_ON_BY = List.of("cursor", "after", "since");

  /// @param written what is written of the operation by hand
  void write(ObjectNode responses, JsonNode written) {
    success(responses);
    if (PolledRoutes.isPolled(method, path)) {
      responses.putObject("304").put("description", "The answer is still as it was.");
    }
    refusals(responses, written);
  }

  private void success(ObjectNode responses) {
    var status = handler.getMethodAnnotation(ResponseStatus.class);
    var code = status == null ? 200 : status.value().value();
    var type = handler.getMethod().getAnnotatedReturnType();
    var isNothing = type.getType() == void.class || REDIRECT.equals(type.getType().toString());
    if (code == 200 && isNothing) {
      return;
    }
    var response = responses.putObject(Integer.toString(code));
    response.put(
        "description",
        switch (code) {
          case 201 -> "It was made.";
          case 202 -> "It was taken.";
          case 204 -> "Done; there is nothing to say.";
          default -> "Done.";
        });
    headers(response.putObject("headers"), code);
    if (!isNothing) {
      var schema = schemas.of(type, Use.ANSWER);
      if (schema.path("type").asString("").equals("array") && goesOn()) {
        header(response.withObject("headers"), HttpHeaders.LINK, "Link");
      }
      Operations.content(response, "application/json", schema);
    }
  }

  private void headers(ObjectNode headers, int code) {
    header(headers, "X-Request-ID", "RequestId");
    if (code == 201) {
      header(headers, HttpHeaders.LOCATION, "Location");
    }
    if (PolledRoutes.isPolled(method, path)) {
      header(headers, HttpHeaders.ETAG, "ETag");
    }
  }

  private static void header(ObjectNode headers, String name, String component) {
    headers.putObject(name).put("$ref", "#/components/headers/" + component);
  }

  private boolean goesOn() {
    return Arrays.stream(handler.getMethod().getParameters())
        .anyMatch(parameter -> GOES_ON_BY.contains(parameter.getName()));
  }

  /// The statuses by which such a route can refuse. What else it refuses by is written, and the
  /// tests are red on one that they see and that stands nowhere.
  private void refusals(ObjectNode responses, JsonNode written) {
    var statuses = new TreeSet<Integer>();
    var arguments = handler.getMethod().getParameters();
    var types = Arrays.stream(arguments).map(Parameter::getType).toList();
    var isOpen = ScopesOfRoutes.of(method, path).isEmpty();
    // Any query may be badly encoded, and any header have characters that it cannot have.
    statuses.add(400);
    if (types.contains(WorkspaceAccess.class) || path.contains("{")) {
      statuses.add(404);
    }
    if (types.contains(Caller.class) || !isOpen) {
      statuses.addAll(List.of(401, 429, 503));
    }
    if (!isOpen && !method.equals("GET")) {
      // A body is looked at even where none is read: it must not have members.
      statuses.addAll(List.of(403, 413, 415));
    }
    if (handler.hasMethodAnnotation(LargeAnswer.class)) {
      statuses.add(429);
    }
    written.path("refused").forEach(status -> statuses.add(status.asInt()));
    statuses.forEach(status ->
        responses
            .putObject(status.toString())
            .put("$ref", "#/components/responses/Refused" + status));
  }
}
