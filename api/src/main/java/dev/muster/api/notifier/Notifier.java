package dev.muster.api.notifier;

import dev.muster.api.feed.FeedListener;
import dev.muster.api.output.OutputListener;
import dev.muster.api.output.Progress;
import dev.muster.events.Event;
import java.util.List;
import org.springframework.stereotype.Component;

/// Brings what happens to the sockets that watch it. What nobody watches costs a look into a map.
@Component
final class Notifier implements FeedListener, OutputListener {
  private final Rooms rooms;
  private final AgentStatuses statuses;
  private final Frames frames;

  Notifier(Rooms rooms, AgentStatuses statuses, Frames frames) {
    this.rooms = rooms;
    this.statuses = statuses;
    this.frames = frames;
  }

  @Override
  public void onEvents(List<Event> events) {
    for (var event : events) {
      if (rooms.isWatched(event.workspace())) {
        rooms.tell(event.workspace(), frames.of(event));
        statuses.note(event);
      }
    }
  }

  @Override
  public void onOutput(List<Progress> said) {
    for (var progress : said) {
      if (rooms.isWatched(progress.workspace())) {
        rooms.tell(progress.workspace(), Frames.of(progress));
      }
    }
  }
}
