package dev.muster.standalone.reference;

import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.SpecificationVersion;
import dev.muster.api.request.RouteOwner;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// The promise that whatever is taken and answered is as the OpenAPI document says: a request that
/// was accepted fits its schema, an answer has a status that the operation lists, and a body that
/// fits, with no member that is not described.
public final class AsDocumented {
  private static final String BASE = "https://contract.test/openapi.json";
  private static final String PROBLEM = "application/problem+json";

  /// What any operation may be answered by the web server, whatever it is.
  private static final Set<Integer> EVERYWHERE = Set.of(405, 408, 414, 431);

  private static final int SHOWN_MAX = 600;

  /// As the api reads bodies: the first value counts.
  private static final JsonMapper JSON =
      JsonMapper.builder().disable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

  private final Map<String, JsonNode> operations = new ConcurrentHashMap<>();
  private final Map<String, Schema> schemas = new ConcurrentHashMap<>();
  private final JsonNode document;
  private final SchemaRegistry registry;

  /// The promise of one document.
  ///
  /// @param openApi the document
  public AsDocumented(String openApi) {
    var closed = JSON.readTree(openApi);
    close(closed);
    var checks = ((ObjectNode) closed).putObject("checks");
    closed
        .path("paths")
        .properties()
        .forEach(path ->
            path.getValue()
                .properties()
                .forEach(operation -> {
                  var name = operation.getKey().toUpperCase(Locale.ROOT) + " " + path.getKey();
                  operations.put(name, operation.getValue());
                  checks.set(
                      operation.getValue().get("operationId").asString(), operation.getValue());
                }));
    this.document = closed;
    var text = closed.toString();
    registry =
        SchemaRegistry.withDefaultDialect(
            SpecificationVersion.DRAFT_2020_12,
            builder ->
                builder
                    .schemaRegistryConfig(
                        SchemaRegistryConfig.builder().formatAssertionsEnabled(true).build())
                    .schemas(iri -> iri.equals(BASE) ? text : null));
  }

  /// What is not said to have other members has none.
  private static void close(JsonNode node) {
    if (node instanceof ObjectNode object
        && object.path("properties").isObject()
        && !object.has("additionalProperties")) {
      object.put("additionalProperties", false);
    }
    node.forEach(AsDocumented::close);
  }

  /// Where the exchange is not as the document says; empty if it is, or is no operation's.
  public List<String> broken(Exchange exchange) {
    var operation = operations.get(exchange.operation());
    if (operation == null) {
      return List.of();
    }
    var broken = new ArrayList<String>();
    if (exchange.isAccepted()) {
      query(exchange, operation, broken);
      request(exchange, operation, broken);
    }
    answer(exchange, operation, broken);
    return broken.stream()
        .map(what -> "%s, answered %d: %s".formatted(exchange.operation(), exchange.status(), what))
        .toList();
  }

  private static void query(Exchange exchange, JsonNode operation, List<String> broken) {
    var known =
        operation
            .path("parameters")
            .valueStream()
            .filter(parameter -> parameter.get("in").asString().equals("query"))
            .collect(
                Collectors.toMap(
                    parameter -> parameter.get("name").asString(),
                    parameter -> parameter.get("schema")));
    var isStrict =
        RouteOwner.of(exchange.method(), exchange.pattern()).equals(Optional.of(RouteOwner.MUSTER));
    exchange
        .query()
        .forEach((name, value) -> {
          var schema = known.get(name);
          if (schema == null && isStrict) {
            broken.add("takes the parameter " + name + ", which is not described");
          } else if (schema != null && !value.isEmpty() && !fits(value, schema)) {
            broken.add("takes %s=%s, which does not fit %s".formatted(name, value, schema));
          }
        });
  }

  private static boolean fits(String value, JsonNode schema) {
    if (schema.path("type").asString("").equals("integer")) {
      return value.matches("-?\\d+");
    }
    return !schema.has("enum")
        || schema.get("enum").valueStream().anyMatch(one -> one.asString().equals(value));
  }

  private void request(Exchange exchange, JsonNode operation, List<String> broken) {
    var body = exchange.body();
    if (body == null || body.isBlank() || !operation.has("requestBody")) {
      return;
    }
    parsed(body)
        .filter(JsonNode::isObject)
        .ifPresent(json ->
            validate(operation, "/requestBody/content/application~1json/schema", lowerCase(json))
                .forEach(error -> broken.add("the request does not fit: " + error + shown(body))));
  }

  private void answer(Exchange exchange, JsonNode operation, List<String> broken) {
    if ((exchange.status() >= 500 && exchange.status() != 503)
        || EVERYWHERE.contains(exchange.status())) {
      return;
    }
    var pointer = "/responses/" + exchange.status();
    var response = operation.at(pointer);
    if (response.isMissingNode()) {
      broken.add("the status is not listed");
      return;
    }
    headers(exchange, resolved(response), broken);
    // A connection that has broken off has lost the answer's type.
    if (exchange.status() >= 400
        && (exchange.type().equals(PROBLEM) || exchange.type().isEmpty())) {
      body(exchange, "#/components/schemas/Problem", broken);
      return;
    }
    var content = resolved(response).path("content");
    if (content.isEmpty()) {
      if (exchange.answer() == null || !exchange.answer().isEmpty()) {
        broken.add("the answer should have no body" + shown(exchange.answer()));
      }
    } else if (!content.has(exchange.type())) {
      broken.add("the answer's type is '" + exchange.type() + "'");
    } else if (exchange.type().endsWith("json")) {
      body(
          exchange,
          check(operation, pointer + "/content/" + exchange.type().replace("/", "~1") + "/schema"),
          broken);
    }
  }

  /// A header that is said to be there is.
  private void headers(Exchange exchange, JsonNode response, List<String> broken) {
    response
        .path("headers")
        .properties()
        .forEach(header -> {
          if (resolved(header.getValue()).path("required").asBoolean(false)
              && !exchange.headers().contains(header.getKey().toLowerCase(Locale.ROOT))) {
            broken.add("the answer has no " + header.getKey());
          }
        });
  }

  private JsonNode resolved(JsonNode node) {
    var reference = node.path("$ref").asString("");
    return reference.isEmpty() ? node : document.at(reference.substring(1));
  }

  private void body(Exchange exchange, String location, List<String> broken) {
    var answer = exchange.answer();
    if (answer != null) {
      parsed(answer)
          .ifPresentOrElse(
              json ->
                  validate(location, json)
                      .forEach(
                          error -> broken.add("the answer does not fit: " + error + shown(answer))),
              () -> broken.add("the answer is no JSON" + shown(answer)));
    }
  }

  private List<Error> validate(JsonNode operation, String pointer, JsonNode json) {
    return validate(check(operation, pointer), json);
  }

  private List<Error> validate(String location, JsonNode json) {
    return schemas
        .computeIfAbsent(location, at -> registry.getSchema(SchemaLocation.of(BASE + at)))
        .validate(json);
  }

  private static String check(JsonNode operation, String pointer) {
    return "#/checks/" + operation.get("operationId").asString() + pointer;
  }

  private static Optional<JsonNode> parsed(String text) {
    try {
      return Optional.of(JSON.readTree(text));
    } catch (JacksonException e) {
      return Optional.empty();
    }
  }

  /// Names of members are read in any case.
  private static JsonNode lowerCase(JsonNode json) {
    if (json.isObject()) {
      var lower = JSON.createObjectNode();
      json.properties()
          .forEach(member ->
              lower.set(member.getKey().toLowerCase(Locale.ROOT), lowerCase(member.getValue())));
      return lower;
    }
    if (json.isArray()) {
      var lower = JSON.createArrayNode();
      json.forEach(element -> lower.add(lowerCase(element)));
      return lower;
    }
    return json;
  }

  private static String shown(@org.jspecify.annotations.Nullable String text) {
    return text == null
        ? ""
        : ": " + (text.length() > SHOWN_MAX ? text.substring(0, SHOWN_MAX) + "…" : text);
  }
}
