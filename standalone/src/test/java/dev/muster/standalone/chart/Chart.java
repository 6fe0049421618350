package dev.muster.standalone.chart;

import com.marcnuri.helm.Helm;
import com.marcnuri.helm.jni.NativeLibrary;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.ServiceLoader;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The chart, rendered with some values.
///
/// @param documents what it makes, hooks among them
record Chart(List<JsonNode> documents) {
  static final Path DIRECTORY = Path.of("../deploy/helm/muster");

  /// What `helm.sh/hook` is called in what is rendered.
  static final String HOOK = "rendered.hook";

  private static final Path VALUES = Path.of("src/test/resources/chart");
  private static final Path UNDER_TEST = withoutHooks();
  private static final JsonMapper JSON = new JsonMapper();

  /// Whether there is a Helm for this machine.
  static boolean canBeRendered() {
    return ServiceLoader.load(NativeLibrary.class).iterator().hasNext();
  }

  /// The values of a name, of those in `src/test/resources/chart`.
  static Path values(String name) {
    return VALUES.resolve(name + ".yaml");
  }

  /// Renders it.
  ///
  /// @throws IllegalStateException with what Helm says if it cannot
  static Chart with(Path values) {
    return new Chart(render(UNDER_TEST, values));
  }

  /// This Helm keeps hooks to itself, so it is given a copy of the chart in which they are none.
  private static Path withoutHooks() {
    try {
      var copy = Files.createTempDirectory(Path.of("target"), "chart-");
      try (var files = Files.walk(DIRECTORY)) {
        for (var file : files.filter(Files::isRegularFile).toList()) {
          var target = copy.resolve(DIRECTORY.relativize(file));
          Files.createDirectories(Objects.requireNonNull(target.getParent()));
          Files.writeString(target, Files.readString(file).replace("helm.sh/hook:", HOOK + ":"));
        }
      }
      return copy;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// What Helm makes of the chart in a directory, without its hooks.
  static List<JsonNode> render(Path chart, Path values) {
    return documents(
        new Helm(chart)
            .template()
            .withName("m1")
            .withNamespace("dispatch")
            .withKubeVersion("1.34.0")
            .withValuesFile(values)
            .call());
  }

  /// What `helm lint --strict` finds.
  static List<String> lint() {
    var result = new Helm(DIRECTORY).lint().strict().call();
    return result.isFailed() ? result.getMessages() : List.of();
  }

  private static List<JsonNode> documents(String text) {
    // A member given twice would be lost in silence.
    var options = new LoaderOptions();
    options.setAllowDuplicateKeys(false);
    var documents = new ArrayList<JsonNode>();
    for (var document : new Yaml(new SafeConstructor(options)).loadAll(text)) {
      if (document != null) {
        documents.add(JSON.valueToTree(document));
      }
    }
    return List.copyOf(documents);
  }

  Stream<JsonNode> of(String... kinds) {
    return documents.stream()
        .filter(document -> Arrays.asList(kinds).contains(document.path("kind").asString()));
  }

  /// The one document of a kind and a component.
  JsonNode one(String kind, String component) {
    return of(kind)
        .filter(document -> component.equals(component(document)))
        .findFirst()
        .orElseThrow(() -> new AssertionError("there is no " + kind + " of " + component));
  }

  static String component(JsonNode document) {
    return document.at("/metadata/labels/app.kubernetes.io~1component").asString();
  }

  static String name(JsonNode document) {
    return document.path("kind").asString() + " " + document.at("/metadata/name").asString();
  }

  /// Everything that runs pods.
  Stream<JsonNode> workloads() {
    return of("Deployment", "Job");
  }

  static JsonNode pod(JsonNode workload) {
    return workload.at("/spec/template/spec");
  }

  static JsonNode container(JsonNode workload) {
    return Objects.requireNonNull(pod(workload).path("containers").get(0));
  }

  static Stream<JsonNode> items(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false);
  }
}
