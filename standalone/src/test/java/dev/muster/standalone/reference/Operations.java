package dev.muster.standalone.reference;

import dev.muster.api.access.ScopesOfRoutes;
import dev.muster.api.access.WorkspaceAccess;
import dev.muster.api.edge.JsonBody;
import dev.muster.api.issue.field.IssueRef;
import dev.muster.api.request.KnownParameters;
import dev.muster.api.request.RouteOwner;
import dev.muster.api.server.PolledRoutes;
import dev.muster.standalone.reference.TypeSchemas.Use;
import java.lang.reflect.Parameter;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.http.HttpHeaders;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.method.HandlerMethod;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// What the code says of an operation: its parameters, body, answer, refusals, and tokens.
final class Operations {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final Pattern VARIABLE = Pattern.compile("/([a-z-]+)/\\{(\\w+)}");

  private final SourceComments comments;
  private final TypeSchemas schemas;
  private final JsonNode parameters;

  /// @param parameters what is said of parameters everywhere, by their names
  Operations(SourceComments comments, TypeSchemas schemas, JsonNode parameters) {
    this.comments = comments;
    this.schemas = schemas;
    this.parameters = parameters;
  }

  /// An operation.
  ///
  /// @param written what is written of it by hand, which is laid over the rest
  ObjectNode of(String method, String path, HandlerMethod handler, JsonNode written) {
    var operation = JSON.createObjectNode();
    var scopes = ScopesOfRoutes.of(method, path);
    var comment = comments.of(handler.getMethod()).text();
    if (!comment.isEmpty()) {
      operation.put("description", comment);
    }
    var named = parameters(method, path, handler);
    written
        .path("parameters")
        .properties()
        .forEach(more ->
            Merge.into(
                named.computeIfAbsent(more.getKey(), name -> parameter(name, "query")),
                more.getValue()));
    if (!named.isEmpty()) {
      var all = operation.putArray("parameters");
      named.values().forEach(all::add);
    }
    body(method, path, handler)
        .ifPresent(schema ->
            content(
                operation.putObject("requestBody").put("required", true),
                "application/json",
                schema));
    new Answers(schemas, method, path, handler).write(operation.putObject("responses"), written);
    if (scopes.isEmpty()) {
      operation.putArray("security");
    } else {
      var taken = operation.putArray("x-token-scopes");
      scopes.forEach(taken::add);
    }
    Merge.into(operation, rest(written));
    return operation;
  }

  private static JsonNode rest(JsonNode written) {
    var rest = JSON.createObjectNode();
    written
        .properties()
        .forEach(member -> {
          if (!member.getKey().equals("parameters") && !member.getKey().equals("refused")) {
            rest.set(member.getKey(), member.getValue());
          }
        });
    return rest;
  }

  private Map<String, ObjectNode> parameters(String method, String path, HandlerMethod handler) {
    var named = new LinkedHashMap<String, ObjectNode>();
    VARIABLE
        .matcher(path)
        .results()
        .forEach(variable -> {
          var parameter = parameter(variable.group(2), "path").put("required", true);
          if (!parameter.has("description")) {
            parameter.put(
                "description",
                "The id of the " + variable.group(1).replaceAll("s$", "").replace('-', ' ') + ".");
            parameter.withObject("schema").put("format", "uuid");
          }
          named.put(variable.group(2), parameter);
        });
    for (var argument : handler.getMethod().getParameters()) {
      add(named, argument);
    }
    if (PolledRoutes.isPolled(method, path)) {
      named.put(HttpHeaders.IF_NONE_MATCH, parameter(HttpHeaders.IF_NONE_MATCH, "header"));
    }
    var known = handler.getMethodAnnotation(KnownParameters.class);
    if (known != null) {
      Arrays.stream(known.value()).forEach(name -> named.put(name, parameter(name, "query")));
    }
    return named;
  }

  private void add(Map<String, ObjectNode> named, Parameter argument) {
    var query = AnnotatedElementUtils.getMergedAnnotation(argument, RequestParam.class);
    var header = AnnotatedElementUtils.getMergedAnnotation(argument, RequestHeader.class);
    if (query != null) {
      var name = query.name().isEmpty() ? argument.getName() : query.name();
      named.put(name, parameter(name, "query"));
    } else if (header != null && !header.name().equals(HttpHeaders.AUTHORIZATION)) {
      named.put(header.name(), parameter(header.name(), "header"));
    } else if (argument.getType() == WorkspaceAccess.class
        || argument.getType() == IssueRef.class) {
      named.put("workspace_id", parameter("workspace_id", "query"));
      named.put("X-Workspace-ID", parameter("X-Workspace-ID", "header"));
    }
  }

  private ObjectNode parameter(String name, String in) {
    var parameter = JSON.createObjectNode().put("name", name).put("in", in);
    parameter.putObject("schema").put("type", "string");
    Merge.into(parameter, parameters.path(name));
    return parameter;
  }

  private Optional<ObjectNode> body(String method, String path, HandlerMethod handler) {
    var use =
        RouteOwner.of(method, path).equals(Optional.of(RouteOwner.MUSTER))
            ? Use.STRICT_REQUEST
            : Use.LOOSE_REQUEST;
    return Arrays.stream(handler.getMethod().getParameters())
        .filter(argument -> argument.isAnnotationPresent(JsonBody.class))
        .map(argument -> schemas.of(argument.getAnnotatedType(), use))
        .findFirst();
  }

  static void content(ObjectNode holder, String type, ObjectNode schema) {
    holder.putObject("content").putObject(type).set("schema", schema);
  }
}
