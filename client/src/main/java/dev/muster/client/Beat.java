package dev.muster.client;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// What a heartbeat is answered.
///
/// @param interval until the next one
/// @param cancel tasks that a person wants ended
/// @param actions what to do with each task that either side believes to run here
/// @param ping the id of a ping that is to be answered
public record Beat(
    Duration interval, List<String> cancel, Map<String, Action> actions, Optional<String> ping) {
  public Beat {
    cancel = List.copyOf(cancel);
    actions = Map.copyOf(actions);
  }

  /// What the server does not say.
  public static final Duration DEFAULT_INTERVAL = Duration.ofSeconds(15);

  private static final int INTERVAL_MAX_SECONDS = 300;

  /// What to do with a task.
  public enum Action {
    KEEP,
    CANCEL,
    UNKNOWN,
    REPORT_AGAIN;

    /// An action of a newer server is none that could do harm.
    static Action of(String wire) {
      return switch (wire) {
        case "cancel" -> CANCEL;
        case "unknown" -> UNKNOWN;
        case "report_again" -> REPORT_AGAIN;
        default -> KEEP;
      };
    }
  }

  /// What is said with a heartbeat.
  ///
  /// @param shortage why the runtime takes no more work just now, empty if it does again; null if
  ///   there is nothing to say of it
  public record Sent(
      String runtime, String process, List<Claim> running, @Nullable String shortage) {
    public Sent {
      running = List.copyOf(running);
    }

    Map<String, Object> body() {
      var tasks =
          running.stream()
              .map(claim -> Json.object("id", claim.task(), "claim_generation", claim.generation()))
              .toList();
      var body = Json.object("runtime_id", runtime, "process_id", process, "running_tasks", tasks);
      if (shortage != null) {
        body.put("shortage", shortage);
      }
      return body;
    }
  }

  static Beat of(JsonNode answer) {
    var seconds = answer.path("heartbeat_interval_seconds").asLong(DEFAULT_INTERVAL.toSeconds());
    var actions =
        answer
            .path("tasks")
            .valueStream()
            .collect(
                Collectors.toMap(
                    task -> Json.text(task, "id"),
                    task -> Action.of(Json.text(task, "action")),
                    (first, _) -> first));
    return new Beat(
        Duration.ofSeconds(Math.clamp(seconds, 1, INTERVAL_MAX_SECONDS)),
        Json.texts(answer.path("cancel")),
        actions,
        Optional.of(Json.text(answer.path("pending_ping"), "id")).filter(id -> !id.isEmpty()));
  }
}
