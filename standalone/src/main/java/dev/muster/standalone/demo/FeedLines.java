package dev.muster.standalone.demo;

import dev.muster.cli.TerminalText;
import dev.muster.events.Event;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Turns events into lines for people. What a line needs to know of issues, agents and runtimes it
/// has learned from the events before.
final class FeedLines {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final DateTimeFormatter CLOCK =
      DateTimeFormatter.ofPattern("HH:mm:ss", Locale.ROOT);
  private static final int KNOWN_MAX = 2_000;
  private static final int ERROR_MAX = 60;

  private final boolean inColour;
  private final Map<String, String> issues = bounded();
  private final Map<String, String> agents = bounded();
  private final Map<String, String> runtimes = bounded();

  FeedLines(boolean inColour) {
    this.inColour = inColour;
  }

  private enum Colour {
    GREY(90),
    BLUE(34),
    CYAN(36),
    YELLOW(33),
    GREEN(32),
    RED(31);

    private final int code;

    Colour(int code) {
      this.code = code;
    }
  }

  void learnIssue(JsonNode issue) {
    issues.put(
        text(issue, "id"),
        "%-9s %-44.44s".formatted(text(issue, "identifier"), text(issue, "title")));
  }

  void learnAgent(JsonNode agent) {
    agents.put(text(agent, "id"), text(agent, "name"));
  }

  void learnRuntime(JsonNode runtime) {
    runtimes.put(
        text(runtime, "id"),
        text(runtime, "provider") + " on " + text(runtime, "device_info").split(" · ", 2)[0]);
  }

  /// The line that tells of the event, if it is a task's.
  Optional<String> line(Event event) {
    var data = JSON.readTree(event.data());
    return switch (event.type()) {
      case TASK_QUEUED -> line(event, data, Colour.GREY, "queued");
      case TASK_ASSIGNED -> line(event, data, Colour.BLUE, "assigned to " + runtime(data));
      case TASK_DISPATCHED -> line(event, data, Colour.CYAN, "claimed by " + runtime(data));
      case TASK_RUNNING -> line(event, data, Colour.YELLOW, "running");
      case TASK_REQUEUED ->
          line(event, data, Colour.GREY, "queued again: " + text(data, "failure_reason"));
      case TASK_READY -> line(event, data, Colour.GREY, "ready for another attempt");
      case TASK_COALESCED -> line(event, data, Colour.GREY, "has another comment to answer");
      case TASK_CANCEL_REQUESTED -> line(event, data, Colour.GREY, "is to be cancelled");
      case TASK_COMPLETED -> line(event, data, Colour.GREEN, "done in " + took(data));
      case TASK_FAILED -> line(event, data, Colour.RED, "failed: " + error(data));
      case TASK_CANCELLED -> line(event, data, Colour.GREY, "cancelled");
      case ISSUE_CREATED -> learned(() -> learnIssue(data.path("issue")));
      case AGENT_CREATED -> learned(() -> learnAgent(data.path("agent")));
      case RUNTIME_REGISTERED -> learned(() -> data.path("runtimes").forEach(this::learnRuntime));
      case TASK_DELETED,
          RUNTIME_ONLINE,
          RUNTIME_OFFLINE,
          RUNTIME_UPDATED,
          RUNTIME_DEAF,
          RUNTIME_CONFLICT,
          RUNTIME_DELETED,
          AGENT_UPDATED,
          AGENT_DELETED,
          ISSUE_UPDATED,
          ISSUE_DELETED,
          COMMENT_CREATED,
          COMMENT_UPDATED,
          COMMENT_DELETED,
          SKILL_CREATED,
          SKILL_UPDATED,
          SKILL_DELETED,
          WORKSPACE_UPDATED,
          WORKSPACE_DELETED,
          MEMBER_ADDED,
          MEMBER_UPDATED,
          MEMBER_REMOVED,
          USAGE_REPORTED,
          BUDGET_UPDATED,
          BUDGET_REACHED,
          SCHEDULE_CREATED,
          SCHEDULE_UPDATED,
          SCHEDULE_DELETED,
          SCHEDULE_PAUSED,
          SCHEDULE_RESUMED,
          SCHEDULE_FIRED,
          SCHEDULE_MISSED,
          WEBHOOK_CREATED,
          WEBHOOK_UPDATED,
          WEBHOOK_DELETED,
          WEBHOOK_DISABLED ->
          Optional.empty();
    };
  }

  private static Optional<String> learned(Runnable learning) {
    learning.run();
    return Optional.empty();
  }

  private Optional<String> line(Event event, JsonNode task, Colour colour, String what) {
    var unknown = "%-9.8s %-44s".formatted(text(task, "issue_id"), "");
    return Optional.of(
        "%s  %s  %-9s %s"
            .formatted(
                event.time().atZone(ZoneId.systemDefault()).format(CLOCK),
                issues.getOrDefault(text(task, "issue_id"), unknown),
                agents.getOrDefault(text(task, "agent_id"), "agent"),
                inColour ? "\u001b[" + colour.code + "m" + what + "\u001b[0m" : what));
  }

  private String runtime(JsonNode task) {
    return runtimes.getOrDefault(text(task, "runtime_id"), text(task, "runtime_id"));
  }

  private static String took(JsonNode task) {
    var started = OffsetDateTime.parse(text(task, "started_at"));
    var completed = OffsetDateTime.parse(text(task, "completed_at"));
    return String.format(
        Locale.ROOT, "%.1f s", Duration.between(started, completed).toMillis() / 1000.0);
  }

  private static String error(JsonNode task) {
    var error = text(task, "error").lines().findFirst().orElse("");
    return error.length() <= ERROR_MAX ? error : error.substring(0, ERROR_MAX) + "…";
  }

  private static String text(JsonNode object, String member) {
    return TerminalText.lines(object.path(member).asString(""));
  }

  private static Map<String, String> bounded() {
    return new LinkedHashMap<>() {
      @Override
      protected boolean removeEldestEntry(Map.Entry<String, String> eldest) {
        return size() > KNOWN_MAX;
      }
    };
  }
}
