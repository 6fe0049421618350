package dev.muster.standalone.contract;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.Yaml;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The published documents: `docs/schemas` and `docs/asyncapi.yaml`.
public final class Contract {
  public static final Path SCHEMAS = Path.of("..", "docs", "schemas");
  private static final Path DOCUMENT = Path.of("..", "docs", "asyncapi.yaml");
  private static final String BASE = "https://contract.test/";
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final JsonNode ASYNCAPI = readDocument();
  private static final SchemaRegistry REGISTRY =
      SchemaRegistry.withDefaultDialect(
          SpecificationVersion.DRAFT_2020_12, builder -> builder.schemas(Contract::resource));
  private static final Map<String, Schema> LOADED = new ConcurrentHashMap<>();
  private static final Map<String, SchemaShape> SHAPES = new ConcurrentHashMap<>();

  private Contract() {}

  public static JsonNode asyncApi() {
    return ASYNCAPI;
  }

  public static Path schema(String event) {
    return SCHEMAS.resolve(event + ".json");
  }

  /// What is wrong with the data of an event; empty if its schema describes it, all of it.
  ///
  /// @param event its name: `task.queued`
  public static List<String> errors(String event, String data) {
    if (!Files.exists(schema(event))) {
      return List.of("there is no schema of " + event);
    }
    var errors = new ArrayList<String>();
    validator("schemas/" + event + ".json")
        .validate(data, InputFormat.JSON)
        .forEach(error -> errors.add(event + ": " + error));
    SHAPES
        .computeIfAbsent(event, name -> SchemaShape.of(schema(name)))
        .undescribed(JSON.readTree(data))
        .forEach(path -> errors.add(event + ": " + path + " is not described"));
    return errors;
  }

  /// What is wrong with a message of the AsyncAPI document; empty if it is described.
  ///
  /// @param message its name among the components
  public static List<String> messageErrors(String message, String payload) {
    return validator("asyncapi.yaml#/components/messages/" + message + "/payload")
        .validate(payload, InputFormat.JSON)
        .stream()
        .map(Object::toString)
        .toList();
  }

  private static Schema validator(String location) {
    return LOADED.computeIfAbsent(location, at -> REGISTRY.getSchema(SchemaLocation.of(BASE + at)));
  }

  private static @Nullable String resource(String iri) {
    if (!iri.startsWith(BASE)) {
      return null;
    }
    var path = iri.substring(BASE.length());
    try {
      return path.equals("asyncapi.yaml")
          ? ASYNCAPI.toString()
          : Files.readString(SCHEMAS.resolveSibling(path));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static JsonNode readDocument() {
    try {
      Object document = new Yaml().load(Files.readString(DOCUMENT));
      return JSON.valueToTree(document);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
