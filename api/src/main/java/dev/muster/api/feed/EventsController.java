package dev.muster.api.feed;

import com.fasterxml.jackson.annotation.JsonRawValue;
import dev.muster.api.access.Caller;
import dev.muster.api.edge.Input;
import dev.muster.api.edge.Refused;
import dev.muster.events.Event;
import dev.muster.events.feed.FeedLog;
import dev.muster.events.id.WorkspaceId;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.json.JsonMapper;

/// Replays a workspace's history.
@RestController
class EventsController {
  private static final int LIMIT_MAX = 1_000;
  private static final int LIMIT_DEFAULT = 100;
  private static final int PAGE_BYTES = 2 * 1024 * 1024;

  private final FeedLog feedLog;
  private final Subjects subjects;
  private final JsonMapper json;

  EventsController(FeedLog feedLog, Subjects subjects, JsonMapper json) {
    this.feedLog = feedLog;
    this.subjects = subjects;
    this.json = json;
  }

  /// A part of the history, or of what happened to one subject.
  ///
  /// @param head the last position when the part was read
  /// @param next where to go on: the last position here, or the one asked for if there is none
  record Page(String epoch, long head, List<Entry> events, long next) {}

  record Entry(
      long position,
      String type,
      UUID subject,
      @Nullable Long seq,
      Instant time,
      @JsonRawValue String data) {
    static Entry of(Event event, String data) {
      return new Entry(
          event.position(), event.name(), event.subject(), event.seq(), event.time(), data);
    }
  }

  /// A page of the history, of fewer events than asked for if they are large: `next` says where to
  /// go on, and the end is where nothing comes after it. With `subject` only what happened to that
  /// task, issue, runtime or agent; then it is the `seq` of a task's first event that tells whether
  /// the log has dropped some. Of a private agent only its owner and those who administer the
  /// workspace are told what it is.
  @GetMapping("/api/workspaces/{id}/events")
  Page events(
      Caller caller,
      @PathVariable String id,
      @RequestParam(required = false) @Nullable String subject,
      @RequestParam(required = false) @Nullable String after,
      @RequestParam(required = false) @Nullable String limit) {
    var workspace = new WorkspaceId(Input.id("id", id));
    var place = Place.of(after);
    var from = place.position();
    var atMost = (int) number("limit", limit, LIMIT_DEFAULT, 1, LIMIT_MAX);
    caller.memberOf(workspace, "workspace not found");
    // Read before the events, so that whoever has got there has missed nothing.
    var head = feedLog.head(workspace);
    requireOfThisHistory(place, head);
    var events =
        events(workspace, subject, from, atMost).stream()
            .map(event -> Entry.of(event, Audience.dataFor(caller, event, json)))
            .toList();
    if (subject == null) {
      requireNoGap(workspace, from, head, events);
    } else if (from == 0
        && events.isEmpty()
        && !subjects.isThere(workspace, Input.id("subject", subject))) {
      throw Refused.notFound("the feed knows nothing of this subject");
    }
    var next = events.isEmpty() ? from : events.getLast().position();
    return new Page(feedLog.epoch(), Math.max(head, next), events, next);
  }

  /// Where a reader is: a position, or a cursor as sockets and snapshots give it out, which says
  /// its history too.
  private record Place(@Nullable String epoch, long position) {
    static Place of(@Nullable String after) {
      if (after == null || after.isEmpty()) {
        return new Place(null, 0);
      }
      var colon = after.indexOf(':');
      return new Place(
          colon < 0 ? null : after.substring(0, colon),
          number("after", after.substring(colon + 1), 0, 0, Long.MAX_VALUE));
    }
  }

  /// Nothing comes after a place that this history does not have: whoever waits there would wait
  /// for ever, or miss what comes under the same number.
  private void requireOfThisHistory(Place place, long head) {
    var epoch = feedLog.epoch();
    if (place.epoch() != null && !place.epoch().equals(epoch)) {
      throw Refused.overtaken(
          "epoch-changed",
          "the position is of another history: take a new snapshot",
          Map.of("epoch", epoch, "head", head));
    }
    if (place.position() > head) {
      throw Refused.overtaken(
          "ahead-of-feed",
          "the position is ahead of this history: take a new snapshot",
          Map.of("epoch", epoch, "head", head));
    }
  }

  private List<Event> events(
      WorkspaceId workspace, @Nullable String subject, long from, int atMost) {
    return subject == null
        ? feedLog.after(workspace, from, atMost, PAGE_BYTES)
        : feedLog.ofSubject(workspace, Input.id("subject", subject), from, atMost, PAGE_BYTES);
  }

  /// What was read follows what was asked for, unless the log has dropped it meanwhile.
  private void requireNoGap(WorkspaceId workspace, long from, long head, List<Entry> events) {
    var isGap = events.isEmpty() ? from < head : events.getFirst().position() != from + 1;
    if (isGap) {
      var oldest = feedLog.oldest(workspace);
      throw Refused.tooFarBehind(
          "the log has dropped what comes after this position: it begins with " + oldest,
          Map.of("oldest", oldest, "head", head));
    }
  }

  private static long number(
      String field, @Nullable String value, long otherwise, long min, long max) {
    if (value == null) {
      return otherwise;
    }
    try {
      var number = Long.parseLong(value);
      if (number >= min && number <= max) {
        return number;
      }
    } catch (NumberFormatException e) {
      throw Refused.invalid(field, "is not a whole number");
    }
    throw Refused.invalid(
        field,
        max == Long.MAX_VALUE
            ? "must be at least " + min
            : "must be between " + min + " and " + max);
  }
}
