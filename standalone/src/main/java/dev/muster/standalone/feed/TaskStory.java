package dev.muster.standalone.feed;

import dev.muster.events.Event;
import dev.muster.events.EventType;
import dev.muster.events.task.TaskState;
import dev.muster.standalone.feed.Findings.Promise;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What is known of one task while its events are read in their order.
final class TaskStory {
  private static final JsonMapper JSON = JsonMapper.shared();

  private final boolean mayBeginLater;
  private long seq;
  private long lastHash;
  private long generation;
  private TaskState state = TaskState.QUEUED;
  private boolean deleted;
  private boolean published;

  /// @param mayBeginLater whether the log has dropped what may have been its beginning
  TaskStory(boolean mayBeginLater) {
    this.mayBeginLater = mayBeginLater;
  }

  long seq() {
    return seq;
  }

  /// Whether the task was deleted, which is the last that is told of it.
  boolean isDeleted() {
    return deleted;
  }

  /// Whether the hash is that of the last event that was read.
  boolean endsWith(long hash) {
    return lastHash == hash;
  }

  /// Whether `muster.tasks` is said to have the last event that was read.
  boolean isPublished() {
    return published;
  }

  /// @param isPublished whether `muster.tasks` is said to have it, or a later one
  void add(Event event, boolean isPublished, Findings findings) {
    published = isPublished;
    var next = event.seq() == null ? 0L : event.seq();
    if (seq == 0 && mayBeginLater && next > 1) {
      begin(event);
      return;
    }
    if (next != seq + 1) {
      findings.violation(
          Promise.SEQUENCES, "%s has event %d behind event %d".formatted(who(event), next, seq));
    }
    if (deleted) {
      findings.violation(Promise.PATHS, "%s comes behind its deletion".formatted(who(event)));
    }
    deleted = event.name().equals(EventType.TASK_DELETED.wire());
    check(event, JSON.readTree(event.data()), findings);
    seq = next;
    lastHash = History.hash(event);
  }

  /// The first event that is left says where the task stood.
  private void begin(Event event) {
    var facts = JSON.readTree(event.data());
    state = TaskState.of(facts.path("status").asString());
    generation = facts.path("claim_generation").asLong(0);
    deleted = event.name().equals(EventType.TASK_DELETED.wire());
    seq = event.seq() == null ? 0L : event.seq();
    lastHash = History.hash(event);
  }

  private void check(Event event, JsonNode facts, Findings findings) {
    var status = facts.path("status").asString("");
    if (!isState(status)) {
      findings.violation(Promise.PATHS, "%s says the status '%s'".formatted(who(event), status));
      return;
    }
    var next = TaskState.of(status);
    if (seq == 0 ? next != TaskState.QUEUED : !isLegal(event, next)) {
      findings.violation(
          Promise.PATHS,
          "%s goes from %s to %s by %s"
              .formatted(who(event), seq == 0 ? "nothing" : state.wire(), status, event.name()));
    }
    var claims = facts.path("claim_generation").asLong(0);
    var expected = generation + (event.name().equals(EventType.TASK_DISPATCHED.wire()) ? 1 : 0);
    if (claims != expected) {
      findings.violation(
          Promise.PATHS,
          "%s has claim %d where %d was due".formatted(who(event), claims, expected));
    }
    generation = claims;
    state = next;
  }

  /// An event that leaves the state as it is may be about anything else of a task that is alive.
  private boolean isLegal(Event event, TaskState next) {
    if (deleted) {
      return state == next;
    }
    return state.canBecome(next)
        || (state == next && !state.isFinal() && !event.name().equals("task." + next.wire()));
  }

  private static boolean isState(String status) {
    try {
      TaskState.of(status);
      return true;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private static String who(Event event) {
    return "task %s, at position %d of workspace %s,"
        .formatted(event.subject(), event.position(), event.workspace());
  }
}
