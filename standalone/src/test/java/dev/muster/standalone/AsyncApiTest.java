package dev.muster.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.muster.events.EventType;
import dev.muster.events.FeedNames;
import dev.muster.standalone.contract.Contract;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The AsyncAPI document says what there is, and what it says is what is sent.
class AsyncApiTest {
  private static final JsonMapper JSON = JsonMapper.shared();

  private final TestMuster muster = TestMuster.get();
  private final Api api = muster.api();
  private final JsonNode document = Contract.asyncApi();

  @Test
  void everyReferenceLeadsSomewhere() {
    assertThat(document.get("asyncapi").asString()).startsWith("3.");
    var lost = new ArrayList<String>();
    references(document, lost);
    assertThat(lost).isEmpty();
  }

  private void references(JsonNode node, List<String> lost) {
    var reference = node.path("$ref").asString("");
    if (reference.startsWith("#")) {
      if (document.at(reference.substring(1)).isMissingNode()) {
        lost.add(reference);
      }
    } else if (!reference.isEmpty() && !Files.exists(Contract.SCHEMAS.resolveSibling(reference))) {
      lost.add(reference);
    }
    node.forEach(child -> references(child, lost));
  }

  @Test
  void everyEventIsAMessageOfItsTopicWithItsSchema() {
    var messages = new HashMap<String, JsonNode>();
    document
        .at("/components/messages")
        .forEach(message -> messages.put(message.path("name").asString(), message));
    for (var type : EventType.values()) {
      var message = Objects.requireNonNull(messages.get("dev.muster." + type.wire()), type.wire());
      assertThat(message.at("/payload/$ref").asString())
          .isEqualTo("./schemas/" + type.wire() + ".json");
      assertThat(message.at("/headers/$ref").asString())
          .endsWith(type.isTask() ? "/TaskEventHeaders" : "/EventHeaders");
    }
    assertThat(document.at("/channels/events/messages")).hasSize(EventType.values().length);
  }

  @Test
  void everyTopicIsAChannel() {
    var addresses = new TreeSet<String>();
    document
        .get("channels")
        .forEach(channel ->
            addresses.add(channel.get("address").asString().replace("{prefix}", "muster")));
    assertThat(addresses)
        .containsExactlyInAnyOrder(
            FeedNames.DEFAULT.events(),
            FeedNames.DEFAULT.tasks(),
            FeedNames.DEFAULT.output(),
            FeedNames.DEFAULT.deadLetters(),
            FeedNames.DEFAULT.redriven(),
            "/ws");
    document
        .get("operations")
        .forEach(operation ->
            assertThat(
                    document.at(operation.at("/channel/$ref").asString().substring(1)).isObject())
                .isTrue());
  }

  /// A dashboard that keeps its frames as they came.
  private static final class Frames implements WebSocket.Listener {
    private final List<String> texts = new CopyOnWriteArrayList<>();
    private final StringBuilder part = new StringBuilder();

    @Override
    public CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
      part.append(data);
      if (last) {
        texts.add(part.toString());
        part.setLength(0);
      }
      socket.request(1);
      return CompletableFuture.completedStage(null);
    }
  }

  @Test
  void everyFrameIsAMessageOfTheSocket() {
    var workspace = api.newWorkspace();
    var frames = new Frames();
    HttpClient.newHttpClient()
        .newWebSocketBuilder()
        .buildAsync(
            URI.create(muster.url().replace("http://", "ws://") + "/ws?workspace_id=" + workspace),
            frames)
        .join()
        .sendText("{\"type\":\"auth\",\"payload\":{\"token\":\"%s\"}}".formatted(api.token()), true)
        .join();
    await().until(() -> frames.texts.toString().contains("auth_ack"));
    var runtime = api.newRuntime(workspace, "dm", "claude", 1);
    var agent = api.newAgent(workspace, runtime, 1);
    api.newIssue(workspace, agent);
    var task = Api.id(api.claim(runtime));
    api.start(task).ok();
    api.post(
            "/api/daemon/tasks/" + task + "/progress", "{\"summary\":\"s\",\"step\":1,\"total\":2}")
        .ok();
    await().until(() -> frames.texts.toString().contains("task:progress"));
    api.complete(task, "done").ok();
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> frames.texts.toString().contains("task:completed"));

    var broken = new ArrayList<String>();
    for (var frame : frames.texts) {
      var json = JSON.readTree(frame);
      if (described(json).allMatch(message -> !Contract.messageErrors(message, frame).isEmpty())) {
        broken.add(frame);
      }
    }
    assertThat(broken).isEmpty();
    assertThat(frames.texts).hasSizeGreaterThan(8);
  }

  /// The messages of the socket that bear the frame's type.
  private Stream<String> described(JsonNode frame) {
    var type = frame.get("type").asString();
    return document
        .at("/channels/socket/messages")
        .propertyStream()
        .map(Map.Entry::getKey)
        .filter(name -> {
          var says = document.at("/components/messages/" + name + "/payload/properties/type");
          return says.path("const").asString("").equals(type)
              || says.path("enum").valueStream().anyMatch(one -> one.asString().equals(type));
        });
  }

  @Test
  void theDocumentsAreServedToWhoeverAsks() throws Exception {
    var anybody = new Api(muster.url(), "");
    var served = anybody.get("/docs/asyncapi.yaml");
    assertThat(type(served)).startsWith("application/yaml");
    assertThat(served.text())
        .isEqualTo(Files.readString(Contract.SCHEMAS.resolveSibling("asyncapi.yaml")));
    var index = anybody.get("/docs").ok();
    assertThat(index.get("asyncapi").asString()).isEqualTo("/docs/asyncapi.yaml");
    assertThat(index.get("schemas").size()).isGreaterThan(EventType.values().length);
    for (var path : index.get("schemas")) {
      var schema = anybody.get(path.asString());
      assertThat(type(schema)).startsWith("application/schema+json");
      assertThat(schema.text())
          .isEqualTo(
              Files.readString(
                  Contract.SCHEMAS.resolve(path.asString().substring("/docs/schemas/".length()))));
    }
    assertThat(Arrays.asList("/docs/schemas/none.json", "/docs/schemas/defs/none.json"))
        .allSatisfy(path -> assertThat(anybody.get(path).status()).isEqualTo(404));
  }

  private static String type(Api.Answer answer) {
    assertThat(answer.status()).isEqualTo(200);
    return answer.response().headers().firstValue("Content-Type").orElse("");
  }
}
