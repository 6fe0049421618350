package dev.muster.api.edge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.api.feed.FeedEvent;
import dev.muster.events.Event;
import dev.muster.events.EventType;
import dev.muster.events.id.WorkspaceId;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;

class JsonConfigurationTest {
  private final JsonMapper json = new JsonConfiguration().jsonMapper();

  private record Fields(@Nullable JsonNode value) {}

  @Test
  void freeJsonIsMadeStorableAtEveryDepth() {
    var fields = json.readValue("{\"value\":{\"a\\u0000\":[\"b\\u0000\",1]}}", Fields.class);

    assertThat(fields.value()).hasToString("{\"a\uFFFD\":[\"b\uFFFD\",1]}");
  }

  @Test
  void whatIsAbsentIsToldFromNull() {
    var absent = json.readValue("{}", Fields.class);
    var given = json.readValue("{\"VALUE\":null}", Fields.class);

    assertThat(absent.value()).isNull();
    assertThat(given.value()).isEqualTo(JsonNodeFactory.instance.nullNode());
  }

  /// Requests have limits that the feed has not: what was written is read.
  @Test
  void anEventMayHaveAnyNumber() {
    var id = new UUID(1, 1);
    var data = "{\"position\":1e300}";
    var event =
        new Event(new WorkspaceId(id), 42, EventType.ISSUE_UPDATED, id, null, Instant.EPOCH, data);

    var read = FeedEvent.read(event, json);

    assertThat(read.data().get("position").asDouble()).isEqualTo(1e300);
  }
}
