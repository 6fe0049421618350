package dev.muster.api.runtime;

import dev.muster.api.feed.FeedListener;
import dev.muster.events.Event;
import dev.muster.events.EventType;
import dev.muster.events.id.RuntimeId;
import java.util.List;
import java.util.UUID;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/// Hears that runtimes went offline, wherever that was decided, so that their next sign of life is
/// written at once.
@Component
class OfflineWatch implements FeedListener {
  private final Heartbeats heartbeats;
  private final JsonMapper json;

  OfflineWatch(Heartbeats heartbeats, JsonMapper json) {
    this.heartbeats = heartbeats;
    this.json = json;
  }

  @Override
  public void onEvents(List<Event> events) {
    for (var event : events) {
      if (event.type() == EventType.RUNTIME_OFFLINE) {
        var data = json.readTree(event.data());
        var saidGoodbye = data.path("action").asString("").equals("deregister");
        for (var id : data.path("runtime_ids")) {
          var runtime = new RuntimeId(UUID.fromString(id.asString()));
          if (saidGoodbye) {
            heartbeats.forget(runtime);
          } else {
            // It may have beaten since it was taken for lost, and this event came late.
            heartbeats.expectAgain(runtime);
          }
        }
      }
    }
  }
}
