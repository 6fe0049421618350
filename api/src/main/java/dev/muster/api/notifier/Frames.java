package dev.muster.api.notifier;

import dev.muster.api.feed.TaskFacts;
import dev.muster.api.output.Progress;
import dev.muster.events.Event;
import dev.muster.events.EventType;
import java.util.LinkedHashMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/// The feed in the words the seed's dashboards know: `{"type","payload"}`. What comes from the feed
/// also says where it stands there, as `cursor`.
final class Frames {
  private final JsonMapper json;
  private final String epoch;

  /// @param epoch the name of the history the positions belong to
  Frames(JsonMapper json, String epoch) {
    this.json = json;
    this.epoch = epoch;
  }

  Frame of(Event event) {
    return Frame.of(
        "{\"type\":\"%s\",\"payload\":%s,\"cursor\":\"%s:%d\"}"
            .formatted(type(event.type()), payload(event), epoch, event.position()));
  }

  /// Of what one task says, only the latest matters.
  static Frame of(Progress progress) {
    return Frame.latest(progress.task().value(), plain("task:progress", progress.data()));
  }

  /// @param agent the agent as the dashboards know it, a JSON object
  static Frame agentStatus(UUID id, String agent) {
    return Frame.latest(id, plain("agent:status", "{\"agent\":" + agent + "}"));
  }

  static Frame authenticated() {
    return Frame.of("{\"type\":\"auth_ack\"}");
  }

  private static String plain(String type, String payload) {
    return "{\"type\":\"%s\",\"payload\":%s}".formatted(type, payload);
  }

  private static String type(EventType type) {
    return switch (type) {
      case TASK_QUEUED -> "task:queued";
      case TASK_ASSIGNED -> "task:assigned";
      case TASK_DISPATCHED -> "task:dispatch";
      case TASK_RUNNING -> "task:running";
      case TASK_READY -> "task:ready";
      case TASK_COALESCED -> "task:coalesced";
      case TASK_CANCEL_REQUESTED -> "task:cancel_requested";
      case TASK_REQUEUED -> "task:requeued";
      case TASK_COMPLETED -> "task:completed";
      case TASK_FAILED -> "task:failed";
      case TASK_CANCELLED -> "task:cancelled";
      case TASK_DELETED -> "task:deleted";
      case RUNTIME_REGISTERED, RUNTIME_ONLINE, RUNTIME_OFFLINE, RUNTIME_UPDATED, RUNTIME_DEAF ->
          "daemon:register";
      case RUNTIME_CONFLICT -> "daemon:conflict";
      case AGENT_CREATED -> "agent:created";
      case AGENT_UPDATED -> "agent:status";
      case AGENT_DELETED -> "agent:deleted";
      case ISSUE_CREATED -> "issue:created";
      case ISSUE_UPDATED -> "issue:updated";
      case ISSUE_DELETED -> "issue:deleted";
      case COMMENT_CREATED -> "comment:created";
      case COMMENT_UPDATED -> "comment:updated";
      case COMMENT_DELETED -> "comment:deleted";
      case SKILL_CREATED -> "skill:created";
      case SKILL_UPDATED -> "skill:updated";
      case SKILL_DELETED -> "skill:deleted";
      case WORKSPACE_UPDATED -> "workspace:updated";
      case WORKSPACE_DELETED -> "workspace:deleted";
      case MEMBER_ADDED -> "member:added";
      case MEMBER_UPDATED -> "member:updated";
      case MEMBER_REMOVED -> "member:removed";
      case USAGE_REPORTED -> "usage:reported";
      case BUDGET_UPDATED -> "budget:updated";
      case BUDGET_REACHED -> "budget:reached";
    };
  }

  private String payload(Event event) {
    return event.type().isTask() ? task(event) : event.data();
  }

  /// Of a task, each frame has the members the seed gives it; our own frames have them all.
  private String task(Event event) {
    var facts = TaskFacts.of(event, json);
    var members = new LinkedHashMap<String, @Nullable Object>();
    members.put("task_id", event.subject());
    if (event.type() == EventType.TASK_DISPATCHED) {
      members.put("runtime_id", facts.runtimeId());
      return json.writeValueAsString(members);
    }
    members.put("agent_id", facts.agentId());
    members.put("issue_id", facts.issueId());
    if (event.type() != EventType.TASK_COMPLETED && event.type() != EventType.TASK_FAILED) {
      members.put("runtime_id", facts.runtimeId());
    }
    members.put("status", facts.status());
    return json.writeValueAsString(members);
  }
}
