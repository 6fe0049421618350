package dev.muster.api.contract;

import dev.muster.api.edge.Refused;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/// Shows the contract of this version. It is the same for everybody and says nothing of anybody's
/// data, so it needs no token: a tool that reads the document also follows its references.
@RestController
class ContractController {
  private static final MediaType YAML = MediaType.parseMediaType("application/yaml");
  private static final MediaType SCHEMA = MediaType.parseMediaType("application/schema+json");
  private static final String WHERE = "classpath:/contract/";

  private final String document;
  private final Map<String, String> schemas;

  ContractController() throws IOException {
    document = read("asyncapi.yaml").values().iterator().next();
    var all = new TreeMap<>(read("schemas/*.json"));
    read("schemas/defs/*.json").forEach((name, text) -> all.put("defs/" + name, text));
    schemas = Map.copyOf(all);
  }

  private static Map<String, String> read(String pattern) throws IOException {
    var texts = new TreeMap<String, String>();
    for (var file : new PathMatchingResourcePatternResolver().getResources(WHERE + pattern)) {
      texts.put(
          Objects.requireNonNull(file.getFilename()),
          file.getContentAsString(StandardCharsets.UTF_8));
    }
    return texts;
  }

  record Index(String asyncapi, List<String> schemas) {}

  @GetMapping("/docs")
  Index index() {
    return new Index(
        "/docs/asyncapi.yaml",
        schemas.keySet().stream().sorted().map(name -> "/docs/schemas/" + name).toList());
  }

  @GetMapping("/docs/asyncapi.yaml")
  ResponseEntity<String> document() {
    return ResponseEntity.ok().contentType(YAML).body(document);
  }

  @GetMapping("/docs/schemas/{name}")
  ResponseEntity<String> schema(@PathVariable String name) {
    return found(schemas.get(name));
  }

  @GetMapping("/docs/schemas/defs/{name}")
  ResponseEntity<String> definition(@PathVariable String name) {
    return found(schemas.get("defs/" + name));
  }

  private static ResponseEntity<String> found(@Nullable String schema) {
    if (schema == null) {
      throw Refused.notFound("schema not found");
    }
    return ResponseEntity.ok().contentType(SCHEMA).body(schema);
  }
}
