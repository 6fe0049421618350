package dev.muster.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.standalone.reference.OpenApi;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The OpenAPI document says what routes there are, and is served. `-Dmuster.test.golden=write`
/// writes it anew. That requests and answers are as it says is held by every test.
class OpenApiTest {
  private static final Pattern NAMED = Pattern.compile("(?:href|src)=\"(/[^\"]*)\"");

  private final TestMuster muster = TestMuster.get();

  @Test
  void theDocumentIsThatOfTheRoutes() {
    var generated =
        OpenApi.generated(
            muster.apiBean("requestMappingHandlerMapping", RequestMappingHandlerMapping.class));
    if (System.getProperty("muster.test.golden", "").equals("write")) {
      OpenApi.publish(generated);
    }

    assertThat(OpenApi.published())
        .as("docs/openapi.json: -Dmuster.test.golden=write writes it anew")
        .isEqualTo(generated);
  }

  @Test
  void everyRouteIsInItAndNothingElse() {
    var described = new TreeSet<String>();
    document()
        .get("paths")
        .properties()
        .forEach(path ->
            path.getValue()
                .properties()
                .forEach(operation ->
                    described.add(
                        operation.getKey().toUpperCase(Locale.ROOT) + " " + path.getKey())));

    assertThat(described).isEqualTo(Routes.ofProduct(muster));
  }

  @Test
  void everyReferenceLeadsSomewhereAndNothingStandsThereUnused() {
    var document = document();
    var referred = new TreeSet<String>();
    references(document, referred);
    var components = new ArrayList<String>();
    for (var kind : List.of("schemas", "responses", "headers")) {
      document
          .at("/components/" + kind)
          .propertyStream()
          .forEach(one -> components.add("#/components/" + kind + "/" + one.getKey()));
    }

    assertThat(referred).containsExactlyInAnyOrderElementsOf(components);
  }

  @Test
  void thePageAndAllThatItNamesAreServedToWhoeverAsks() {
    var anybody = new Api(muster.url(), "");

    assertThat(anybody.get("/openapi.json").text()).isEqualTo(OpenApi.published());
    assertThat(anybody.get("/docs").ok().get("openapi").asString()).isEqualTo("/openapi.json");
    for (var path : List.of("/docs", "/docs/events.html")) {
      var page = anybody.send("GET", path, null, "Accept", "text/html,*/*;q=0.8").text();
      var named = NAMED.matcher(page).results().map(found -> found.group(1)).distinct().toList();
      assertThat(named).hasSizeGreaterThan(5);
      assertThat(named)
          .allSatisfy(file -> assertThat(anybody.get(file).status()).as(file).isEqualTo(200));
    }
  }

  private static void references(JsonNode node, Set<String> referred) {
    if (node.path("$ref").isString()) {
      referred.add(node.get("$ref").asString());
    }
    node.forEach(child -> references(child, referred));
  }

  private static JsonNode document() {
    return JsonMapper.shared().readTree(OpenApi.published());
  }
}
