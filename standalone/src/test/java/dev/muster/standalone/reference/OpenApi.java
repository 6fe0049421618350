package dev.muster.standalone.reference;

import dev.muster.standalone.reference.TypeSchemas.Use;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;
import org.yaml.snakeyaml.Yaml;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// The OpenAPI document: `docs/openapi.json`, and how it is made of the routes as they are.
///
/// The code says what there is and of which type; `openapi/written.yaml` says the rest, by hand:
/// names, summaries, and what types do not tell.
public final class OpenApi {
  private static final Path DOCUMENT = Path.of("..", "docs", "openapi.json");
  private static final Path WRITTEN =
      Path.of("src", "test", "resources", "openapi", "written.yaml");
  private static final List<Path> SOURCES =
      List.of(
          Path.of("..", "api", "src", "main", "java"),
          Path.of("..", "tasks", "src", "main", "java"));
  private static final List<String> METHODS = List.of("get", "post", "put", "patch", "delete");
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

  private OpenApi() {}

  /// The document as it is published.
  public static String published() {
    try {
      return Files.exists(DOCUMENT) ? Files.readString(DOCUMENT) : "{}";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public static void publish(String document) {
    try {
      Files.writeString(DOCUMENT, document);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private record Route(String path, String method, HandlerMethod handler) {}

  /// The document as the routes are now.
  ///
  /// @throws AssertionError if there is a route that nobody has written of, or the other way round
  public static String generated(RequestMappingHandlerMapping mapping) {
    var written = written();
    var comments = SourceComments.read(SOURCES);
    var schemas =
        new TypeSchemas(
            comments,
            written.path("names").properties().stream()
                .collect(Collectors.toMap(Map.Entry::getKey, e -> e.getValue().asString())));
    var operations = new Operations(comments, schemas, written.path("parameters"));
    var faults = new ArrayList<String>();
    var paths = new TreeMap<String, Map<String, ObjectNode>>();
    var left = new TreeMap<String, JsonNode>();
    written.path("operations").properties().forEach(e -> left.put(e.getKey(), e.getValue()));
    for (var route : routes(mapping)) {
      var name = route.method() + " " + route.path();
      var said = left.remove(name);
      if (said == null || !said.has("operationId") || !said.has("summary")) {
        faults.add(name + " needs an operationId and a summary in " + WRITTEN);
        continue;
      }
      paths
          .computeIfAbsent(
              route.path(), _ -> new TreeMap<>(Comparator.comparingInt(METHODS::indexOf)))
          .put(
              route.method().toLowerCase(Locale.ROOT),
              operations.of(route.method(), route.path(), route.handler(), said));
    }
    written.path("types").forEach(type -> schemas.reference(type(type.asString()), Use.ANSWER));
    left.keySet().forEach(name -> faults.add(name + " stands in " + WRITTEN + " and is no route"));
    faults.addAll(schemas.faults());
    if (!faults.isEmpty()) {
      throw new AssertionError(String.join("\n", faults));
    }
    return JSON.writeValueAsString(document(written, paths, schemas)) + "\n";
  }

  private static ObjectNode document(
      JsonNode written, Map<String, Map<String, ObjectNode>> paths, TypeSchemas schemas) {
    var document = JSON.createObjectNode();
    document.put("openapi", "3.1.1");
    document.set("info", written.get("info"));
    for (var member : List.of("servers", "tags", "security")) {
      document.set(member, written.get(member));
    }
    var all = document.putObject("paths");
    paths.forEach(
        (path, operations) -> operations.forEach(all.withObject("/" + escaped(path))::set));
    var components = document.putObject("components");
    components.putObject("schemas");
    schemas.components().forEach(components.withObject("schemas")::set);
    Merge.into(components, written.get("components"));
    components.get("schemas").forEach(OpenApi::takeOptional);
    return document;
  }

  /// `x-optional` names members that are not always there, which the type does not tell.
  private static void takeOptional(JsonNode schema) {
    if (schema instanceof ObjectNode object && object.has("x-optional")) {
      var optional = object.remove("x-optional").valueStream().map(JsonNode::asString).toList();
      if (object.get("required") instanceof ArrayNode required) {
        required.removeIf(name -> optional.contains(name.asString()));
      }
    }
  }

  private static Class<?> type(String name) {
    try {
      return Class.forName(name);
    } catch (ClassNotFoundException e) {
      throw new IllegalArgumentException("there is no type " + name, e);
    }
  }

  /// As a step of a JSON pointer.
  private static String escaped(String path) {
    return path.replace("~", "~0").replace("/", "~1");
  }

  private static JsonNode written() {
    try {
      Object written = new Yaml().load(Files.readString(WRITTEN));
      return JSON.valueToTree(written);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Every route once: the same with a slash at its end is the same.
  private static List<Route> routes(RequestMappingHandlerMapping mapping) {
    var routes = new TreeMap<String, Route>();
    mapping
        .getHandlerMethods()
        .forEach((info, handler) ->
            info.getPatternValues()
                .forEach(pattern ->
                    info.getMethodsCondition()
                        .getMethods()
                        .forEach(method -> {
                          var path = pattern.replaceFirst("(?<=.)/$", "");
                          routes.put(path + " " + method, new Route(path, method.name(), handler));
                        })));
    return List.copyOf(routes.values());
  }
}
