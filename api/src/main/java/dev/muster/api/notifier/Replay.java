package dev.muster.api.notifier;

import dev.muster.api.feed.FeedEvent;
import dev.muster.api.frame.Cursor;
import dev.muster.api.frame.Frame;
import dev.muster.api.frame.Frames;
import dev.muster.api.frame.History;
import dev.muster.api.frame.RefreshReason;
import dev.muster.api.socket.Turns;
import dev.muster.events.Event;
import dev.muster.events.EventType;
import dev.muster.events.feed.FeedLog;
import dev.muster.events.id.WorkspaceId;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/// Reads the log for sockets that came back or fell behind, a page at a time.
///
/// However many come back at once, few of them ask Postgres at a time, and few pages are in memory:
/// a page counts until its socket has taken it. Of both one workspace has a part alone.
@Component
final class Replay {
  private static final Logger log = LoggerFactory.getLogger(Replay.class);
  private static final int PAGE_EVENTS = 500;
  private static final int PAGE_BYTES = 128 * 1024;
  private static final int PAGES_MAX = 256;
  private static final int PAGES_OF_ONE_MAX = 192;
  private static final int READS_MAX = 4;
  private static final int READS_OF_ONE_MAX = 2;

  private final FeedLog feedLog;
  private final Frames frames;
  private final JsonMapper json;
  private final History history;
  private final Turns pages = new Turns(PAGES_MAX, PAGES_OF_ONE_MAX);
  private final Turns reads = new Turns(READS_MAX, READS_OF_ONE_MAX);

  Replay(FeedLog feedLog, Frames frames, JsonMapper json, History history) {
    this.feedLog = feedLog;
    this.frames = frames;
    this.json = json;
    this.history = history;
  }

  /// Where a socket begins.
  sealed interface Start {
    /// The workspace's last position when the socket was told of new events already.
    long head();

    record Recovered(long since, long head) implements Start {}

    record Refresh(RefreshReason reason, long head) implements Start {}
  }

  /// A part of the log, counted until it is closed.
  ///
  /// @param whole whether it begins right after the position asked for, or has nothing to tell
  /// @param end the last position in it, or the one asked for
  record Page(List<Frame> frames, boolean whole, long end, Turns.Turn turn)
      implements AutoCloseable {
    @Override
    public void close() {
      turn.close();
    }
  }

  /// Where a client begins that was here before. The log is looked at before it is promised.
  Start start(WorkspaceId workspace, String since) throws InterruptedException {
    var head = head(workspace);
    var cursor = Cursor.parse(since);
    if (cursor.isEmpty()) {
      return new Start.Refresh(RefreshReason.MALFORMED, head);
    }
    if (!cursor.get().epoch().equals(history.name())) {
      return new Start.Refresh(RefreshReason.EPOCH_CHANGED, head);
    }
    var position = cursor.get().position();
    if (position > head) {
      return new Start.Refresh(RefreshReason.AHEAD_OF_FEED, head);
    }
    var isKept = head - position <= SendQueue.BEHIND_MAX && isKept(workspace, position, head);
    return isKept
        ? new Start.Recovered(position, head)
        : new Start.Refresh(RefreshReason.TOO_FAR_BEHIND, head);
  }

  private boolean isKept(WorkspaceId workspace, long position, long head)
      throws InterruptedException {
    if (position == head) {
      return true;
    }
    try (var _ = reads.take(workspace)) {
      return feedLog.has(workspace, position + 1);
    }
  }

  long head(WorkspaceId workspace) throws InterruptedException {
    try (var _ = reads.take(workspace)) {
      return feedLog.head(workspace);
    }
  }

  /// The next part of the log. Waits while too many are in memory.
  ///
  /// @param noted takes whose status the events may have changed
  Page after(WorkspaceId workspace, long position, ChangedStatuses noted)
      throws InterruptedException {
    var turn = pages.take(workspace);
    var isHandedOver = false;
    try {
      var events = read(workspace, position);
      var isWhole = events.isEmpty() || events.getFirst().position() == position + 1;
      var end = events.isEmpty() ? position : events.getLast().position();
      var page = new Page(shown(events, noted), isWhole, end, turn);
      isHandedOver = true;
      return page;
    } finally {
      if (!isHandedOver) {
        turn.close();
      }
    }
  }

  private List<Event> read(WorkspaceId workspace, long position) throws InterruptedException {
    try (var _ = reads.take(workspace)) {
      return feedLog.after(workspace, position, PAGE_EVENTS, PAGE_BYTES);
    }
  }

  /// The frames that whoever watched was sent: not of events that this version does not know or
  /// cannot read.
  private List<Frame> shown(List<Event> events, ChangedStatuses noted) {
    var shown = new ArrayList<Frame>(events.size());
    for (var event : events) {
      if (EventType.of(event.name()).isPresent()) {
        try {
          var read = FeedEvent.read(event, json);
          shown.add(frames.of(read));
          noted.add(read);
        } catch (RuntimeException e) {
          log.atWarn()
              .addKeyValue("workspace", event.workspace())
              .addKeyValue("position", event.position())
              .addKeyValue("reason", e.getClass().getSimpleName())
              .log("Left out an event that cannot be shown");
        }
      }
    }
    return shown;
  }
}
