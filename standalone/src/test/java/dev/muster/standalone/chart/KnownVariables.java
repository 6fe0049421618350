package dev.muster.standalone.chart;

import dev.muster.standalone.Settings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The environment variables that a Muster reads: its own settings, Spring's properties, and what
/// the documents name besides.
final class KnownVariables {
  private static final String METADATA = "META-INF/spring-configuration-metadata.json";
  private static final List<Path> DOCUMENTS =
      List.of(Path.of("../docs/deploy.md"), Path.of("../docs/operations.md"));

  private final Set<String> properties = new HashSet<>();
  private final Set<String> maps = new HashSet<>();
  private final String documents;

  private KnownVariables(String documents) {
    this.documents = documents;
  }

  static KnownVariables read() {
    try {
      var text = new StringBuilder();
      for (var document : DOCUMENTS) {
        text.append(Files.readString(document));
      }
      var loader = Objects.requireNonNull(KnownVariables.class.getClassLoader());
      var known = new KnownVariables(text.toString());
      for (var file : Collections.list(loader.getResources(METADATA))) {
        try (var in = file.openStream()) {
          new JsonMapper().readTree(in).path("properties").forEach(known::add);
        }
      }
      return known;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void add(JsonNode property) {
    var variable =
        property
            .path("name")
            .asString()
            .replace("-", "")
            .replace('.', '_')
            .toUpperCase(Locale.ROOT);
    properties.add(variable);
    if (property.path("type").asString("").startsWith("java.util.Map")) {
      maps.add(variable + "_");
    }
  }

  /// Those of an environment that nobody reads.
  ///
  /// @throws RuntimeException if Muster refuses one of its own
  List<String> unknown(Map<String, String> environment) {
    Settings.of(environment, Set.of());
    return environment.keySet().stream()
        .filter(name -> !name.startsWith("MUSTER_"))
        .filter(name -> !properties.contains(name))
        .filter(name -> maps.stream().noneMatch(name::startsWith))
        .filter(name -> !documents.contains(name))
        .sorted()
        .toList();
  }
}
