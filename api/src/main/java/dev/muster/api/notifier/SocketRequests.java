package dev.muster.api.notifier;

import dev.muster.api.edge.Input;
import dev.muster.api.frame.Frames;
import dev.muster.api.message.TaskMessages;
import dev.muster.events.id.TaskId;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What a viewer asks for on its socket: the output of tasks. Everything else is passed over, as
/// old clients may expect.
final class SocketRequests {
  private static final Logger log = LoggerFactory.getLogger(SocketRequests.class);
  private static final String SUBSCRIBE = "subscribe";
  private static final String UNSUBSCRIBE = "unsubscribe";

  private final DashboardSocket watcher;
  private final TaskMessages messages;
  private final JsonMapper json;

  SocketRequests(DashboardSocket watcher, TaskMessages messages, JsonMapper json) {
    this.watcher = watcher;
    this.messages = messages;
    this.json = json;
  }

  void take(String message) {
    try {
      var request = json.readTree(message);
      var payload = request.path("payload");
      switch (request.path("type").asStringOpt().orElse("")) {
        case SUBSCRIBE -> subscribe(payload);
        case UNSUBSCRIBE -> task(payload).ifPresent(watcher.subscriptions()::remove);
        default -> log.atTrace().log("Passed over a message");
      }
    } catch (JacksonException e) {
      log.atTrace().log("Passed over a message that is not JSON");
    } catch (DataAccessException e) {
      log.atWarn().setCause(e).log("A task could not be looked up for a socket");
      watcher.close(Sender.DATABASE_AWAY);
    }
  }

  private static Optional<TaskId> task(JsonNode payload) {
    return payload.path("task_id").stringValueOpt().flatMap(Input::lenientId).map(TaskId::new);
  }

  private void subscribe(JsonNode payload) {
    var task = task(payload);
    var from = number(payload.path("from"), 0, Integer.MAX_VALUE);
    var generation = number(payload.path("claim_generation"), -1, Long.MAX_VALUE);
    if (task.isEmpty() || from.isEmpty() || generation.isEmpty()) {
      refuse(
          payload, "malformed", "task_id must be a task's id, from and claim_generation numbers");
      return;
    }
    var owner =
        messages.owner(task.get()).filter(found -> found.workspace().equals(watcher.workspace()));
    if (owner.isEmpty()) {
      refuse(payload, "not_found", "the workspace has no such task");
      return;
    }
    if (generation.get() > owner.get().claimGeneration()) {
      refuse(payload, "not_found", "the task has had no such claim");
      return;
    }
    var claim = generation.get() < 0 ? owner.get().claimGeneration() : generation.get();
    var place = new TaskMessages.Place(claim, (int) (from.get() - 1));
    var confirmation = Frames.subscribed(task.get(), from.get(), claim);
    if (!watcher.subscriptions().add(task.get(), place, confirmation)) {
      refuse(payload, "too_many", "a socket listens to " + Subscriptions.MAX + " tasks at most");
    }
  }

  /// A whole number that may be missing; empty if it is there and is none.
  private static Optional<Long> number(JsonNode value, long otherwise, long max) {
    if (value.isMissingNode() || value.isNull()) {
      return Optional.of(otherwise);
    }
    return value.isIntegralNumber() && value.canConvertToLong()
        ? Optional.of(value.longValue()).filter(n -> n >= 0 && n <= max)
        : Optional.empty();
  }

  private void refuse(JsonNode payload, String code, String detail) {
    var task = payload.path("task_id").stringValueOpt().filter(text -> text.length() <= 36);
    watcher.sendQueue().offer(Frames.refused(quoted(task.orElse(null)), code, detail));
  }

  private String quoted(@Nullable String text) {
    return json.writeValueAsString(text);
  }
}
