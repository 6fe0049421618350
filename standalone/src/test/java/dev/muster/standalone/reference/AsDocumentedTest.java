package dev.muster.standalone.reference;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// The promise is seen to be broken where it is.
class AsDocumentedTest {
  private static final String TASK =
      """
      {"task_id":"0198a0e0-0000-7000-8000-000000000001","status":"ok"}
      """;

  private final AsDocumented document =
      new AsDocumented(
          """
          {"openapi":"3.1.1","paths":{"/api/tasks/{id}":{"put":{
             "operationId":"change",
             "parameters":[{"name":"limit","in":"query","schema":{"type":"integer"}}],
             "requestBody":{"content":{"application/json":{"schema":{
               "type":"object","properties":{"title":{"type":"string"}}}}}},
             "responses":{
               "200":{"content":{"application/json":{"schema":{"$ref":"#/components/schemas/Task"}}}},
               "201":{"headers":{"Location":{"$ref":"#/components/headers/Location"}}},
               "204":{},
               "404":{"content":{"application/problem+json":{"schema":{"$ref":"#/components/schemas/Problem"}}}}}}}},
           "components":{"headers":{"Location":{"required":true,"schema":{"type":"string"}}},"schemas":{
             "Task":{"type":"object","required":["status"],"properties":{
               "status":{"type":"string"},"task_id":{"type":"string","format":"uuid"}}},
             "Problem":{"type":"object","required":["type","error"],"properties":{"type":{},"error":{}}}}}}
          """);

  private static Exchange exchange(String body, int status, String type, String answer) {
    return new Exchange(
        "PUT", "/api/tasks/{id}", Map.of(), body, status, Set.of("x-request-id"), type, answer);
  }

  private void isBroken(Exchange exchange, String because) {
    assertThat(document.broken(exchange))
        .singleElement()
        .asString()
        .startsWith("PUT /api/tasks/{id}, answered " + exchange.status())
        .contains(because);
  }

  @Test
  void whatIsAsDescribedBreaksNothing() {
    assertThat(document.broken(exchange("{\"TITLE\":\"t\"}", 200, "application/json", TASK)))
        .isEmpty();
    assertThat(document.broken(exchange("{\"title\":\"t\"}", 204, "", ""))).isEmpty();
  }

  @Test
  void anAnswerOfAnotherShapeIsFound() {
    isBroken(exchange("{}", 200, "application/json", "{}"), "status");
    isBroken(exchange("{}", 200, "application/json", "{\"status\":7}"), "string");
    isBroken(exchange("{}", 200, "application/json", "{\"status\":\"ok\",\"more\":1}"), "more");
    isBroken(
        exchange("{}", 200, "application/json", "{\"status\":\"ok\",\"task_id\":\"x\"}"), "uuid");
    isBroken(exchange("{}", 200, "application/json", "no"), "no JSON");
    isBroken(exchange("{}", 200, "text/html", "<p>"), "text/html");
    isBroken(exchange("{}", 204, "", "{}"), "no body");
    isBroken(exchange("{}", 201, "", ""), "no Location");
  }

  @Test
  void aStatusThatIsNotListedIsFound() {
    isBroken(
        exchange("{}", 409, "application/problem+json", "{\"type\":\"t\",\"error\":\"e\"}"),
        "not listed");
    isBroken(exchange("{}", 404, "application/problem+json", "{\"type\":\"t\"}"), "error");
  }

  @Test
  void anAcceptedRequestOfAnotherShapeIsFound() {
    isBroken(exchange("{\"title\":7}", 204, "", ""), "the request does not fit");
    isBroken(exchange("{\"titel\":\"t\"}", 204, "", ""), "titel");
    isBroken(
        new Exchange("PUT", "/api/tasks/{id}", Map.of("limit", "x"), null, 204, Set.of(), "", ""),
        "limit=x");
  }

  @Test
  void aRefusedRequestMayBeAnything() {
    assertThat(
            document.broken(
                exchange(
                    "{\"title\":7}",
                    404,
                    "application/problem+json",
                    "{\"type\":\"t\",\"error\":\"e\"}")))
        .isEmpty();
  }
}
