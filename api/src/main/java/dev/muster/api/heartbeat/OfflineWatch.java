package dev.muster.api.heartbeat;

import dev.muster.api.feed.FeedEvent;
import dev.muster.api.feed.FeedListener;
import dev.muster.events.EventType;
import dev.muster.events.id.RuntimeId;
import java.util.UUID;
import org.springframework.stereotype.Component;

/// Hears that runtimes went offline, wherever that was decided, so that their next sign of life is
/// written at once.
@Component
class OfflineWatch implements FeedListener {
  private final Heartbeats heartbeats;
  private final RuntimeDirectory directory;

  OfflineWatch(Heartbeats heartbeats, RuntimeDirectory directory) {
    this.heartbeats = heartbeats;
    this.directory = directory;
  }

  @Override
  public String name() {
    return "OfflineWatch";
  }

  @Override
  public void onEvent(FeedEvent event) {
    if (event.type() == EventType.RUNTIME_DELETED) {
      for (var id : event.data().path("runtime_ids")) {
        var runtime = new RuntimeId(UUID.fromString(id.asString()));
        heartbeats.forget(runtime);
        directory.forget(runtime);
      }
      return;
    }
    if (event.type() != EventType.RUNTIME_OFFLINE) {
      return;
    }
    var saidGoodbye = event.data().path("action").asString("").equals("deregister");
    for (var id : event.data().path("runtime_ids")) {
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
