package dev.muster.api.notifier;

import dev.muster.api.feed.FeedEvent;
import dev.muster.api.feed.FeedListener;
import dev.muster.api.frame.Frames;
import dev.muster.api.output.Messages;
import dev.muster.api.output.Output;
import dev.muster.api.output.OutputListener;
import dev.muster.api.output.Progress;
import java.util.List;
import org.springframework.stereotype.Component;

/// Brings what happens to the sockets that watch it. What nobody watches costs a look into a map.
@Component
final class Notifier implements FeedListener, OutputListener {
  private final WorkspaceSockets sockets;
  private final AgentStatuses statuses;
  private final TaskOutput output;
  private final Frames frames;

  Notifier(WorkspaceSockets sockets, AgentStatuses statuses, TaskOutput output, Frames frames) {
    this.sockets = sockets;
    this.statuses = statuses;
    this.output = output;
    this.frames = frames;
  }

  @Override
  public String name() {
    return "Notifier";
  }

  @Override
  public void onEvent(FeedEvent event) {
    var workspace = event.event().workspace();
    if (sockets.isWatched(workspace)) {
      sockets.tell(workspace, frames.of(event));
      statuses.note(event);
    }
  }

  @Override
  public void onOutput(List<Output> said) {
    for (var one : said) {
      switch (one) {
        case Progress progress when sockets.isWatched(progress.workspace()) ->
            sockets.tell(progress.workspace(), Frames.of(progress));
        case Progress _ -> {}
        case Messages messages -> output.told(messages.task());
      }
    }
  }
}
