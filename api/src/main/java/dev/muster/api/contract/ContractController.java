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
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.ModelAndView;

/// Shows the contract of this version. It is the same for everybody and says nothing of anybody's
/// data, so it needs no token: a tool that reads the document also follows its references.
@RestController
class ContractController {
  private static final MediaType YAML = MediaType.parseMediaType("application/yaml");
  private static final MediaType SCHEMA = MediaType.parseMediaType("application/schema+json");
  private static final String WHERE = "classpath:/contract/";

  private final String openApi;
  private final String asyncApi;
  private final Map<String, String> schemas;

  ContractController() throws IOException {
    openApi = read("openapi.json").values().iterator().next();
    asyncApi = read("asyncapi.yaml").values().iterator().next();
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

  record Index(String openapi, String asyncapi, List<String> schemas) {}

  /// What there is to read: a page for those who ask for one, as browsers do, else a list.
  @GetMapping("/docs")
  Object index(
      @RequestHeader(name = HttpHeaders.ACCEPT, required = false) @Nullable String accept) {
    if (accept != null && accept.contains(MediaType.TEXT_HTML_VALUE)) {
      return new ModelAndView("forward:/docs/index.html");
    }
    return new Index(
        "/openapi.json",
        "/docs/asyncapi.yaml",
        schemas.keySet().stream().sorted().map(name -> "/docs/schemas/" + name).toList());
  }

  @GetMapping("/openapi.json")
  ResponseEntity<String> openApi() {
    return ResponseEntity.ok().contentType(MediaType.APPLICATION_JSON).body(openApi);
  }

  @GetMapping("/docs/asyncapi.yaml")
  ResponseEntity<String> asyncApi() {
    return ResponseEntity.ok().contentType(YAML).body(asyncApi);
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
