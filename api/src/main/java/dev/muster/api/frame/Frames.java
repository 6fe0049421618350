package dev.muster.api.frame;

import dev.muster.api.edge.Input;
import dev.muster.api.feed.Audience;
import dev.muster.api.feed.FeedEvent;
import dev.muster.api.feed.TaskFacts;
import dev.muster.api.output.Progress;
import dev.muster.events.Event;
import dev.muster.events.EventType;
import dev.muster.events.id.TaskId;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The feed in the words the seed's dashboards know: `{"type","payload"}`. What comes from the feed
/// also says where it stands there, as `cursor`.
public final class Frames {
  private final JsonMapper json;
  private final History history;

  /// @param history the one that the positions belong to
  public Frames(JsonMapper json, History history) {
    this.json = json;
    this.history = history;
  }

  public Frame of(FeedEvent event) {
    var type = type(event.type());
    var kind = kind(type);
    if (event.type().isTask()) {
      var facts = event.task();
      var about = new FrameSubject(kind, facts.agentId(), facts.issueId(), event.event().subject());
      return frame(event, type, task(event.event(), facts), about);
    }
    return frame(event, type, event.event().data(), about(event, kind));
  }

  private Frame frame(FeedEvent event, String type, String payload, FrameSubject about) {
    var position = event.event().position();
    return Frame.of(
        "{\"type\":\"%s\",\"payload\":%s,\"cursor\":\"%s:%d\"}"
            .formatted(type, payload, history.name(), position),
        about,
        Audience.of(event),
        position);
  }

  /// Where a socket stands that came back.
  public Frame resumed(long head) {
    return Frame.of(
        plain("resume", "{\"recovered\":true,\"head\":\"%s:%d\"}".formatted(history.name(), head)));
  }

  /// That a socket which came back has to begin anew.
  public Frame refresh(RefreshReason reason, long head) {
    return Frame.of(
        plain(
            "resume",
            "{\"recovered\":false,\"reason\":\"%s\",\"head\":\"%s:%d\"}"
                .formatted(reason.wire(), history.name(), head)));
  }

  /// That everything up to the position has been sent.
  public Frame heartbeat(long position) {
    return Frame.of(
        "{\"type\":\"heartbeat\",\"payload\":{\"head\":\"%1$s:%2$d\"},\"cursor\":\"%1$s:%2$d\"}"
            .formatted(history.name(), position));
  }

  /// Of what one task says, only the latest matters.
  public static Frame of(Progress progress) {
    var about =
        new FrameSubject(
            FrameKind.TASK, progress.agent(), progress.issue(), progress.task().value());
    return Frame.latest(progress.task().value(), about, plain("task:progress", progress.data()));
  }

  /// The newest word of an agent's status.
  ///
  /// @param agent the agent as the dashboards know it, a JSON object
  public static Frame agentStatus(UUID id, Audience audience, String agent) {
    var about = new FrameSubject(FrameKind.AGENT, id, null, null);
    return Frame.latest(id, about, audience, plain("agent:status", "{\"agent\":" + agent + "}"));
  }

  /// What a task has said.
  ///
  /// @param said messages as clients see them, a JSON array
  public static Frame messages(TaskId task, String said) {
    return Frame.of(
        plain("task:messages", "{\"task_id\":\"%s\",\"messages\":%s}".formatted(task, said)));
  }

  public static Frame subscribed(TaskId task, long from, long claimGeneration) {
    return Frame.of(
        plain(
            "subscribed",
            "{\"task_id\":\"%s\",\"from\":%d,\"claim_generation\":%d}"
                .formatted(task, from, claimGeneration)));
  }

  /// That a client may not listen to a task.
  ///
  /// @param task what the client called the task, a JSON value
  public static Frame refused(String task, String code, String detail) {
    return Frame.of(
        plain(
            "error",
            "{\"request\":\"subscribe\",\"task_id\":%s,\"code\":\"%s\",\"detail\":\"%s\"}"
                .formatted(task, code, detail)));
  }

  public static Frame authenticated() {
    return Frame.of("{\"type\":\"auth_ack\"}");
  }

  private static String plain(String type, String payload) {
    return "{\"type\":\"%s\",\"payload\":%s}".formatted(type, payload);
  }

  private static FrameKind kind(String type) {
    return FrameKind.valueOf(type.substring(0, type.indexOf(':')).toUpperCase(Locale.ROOT));
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
      case RUNTIME_DELETED -> "daemon:deleted";
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
      case SCHEDULE_CREATED -> "schedule:created";
      case SCHEDULE_UPDATED -> "schedule:updated";
      case SCHEDULE_DELETED -> "schedule:deleted";
      case SCHEDULE_PAUSED -> "schedule:paused";
      case SCHEDULE_RESUMED -> "schedule:resumed";
      case SCHEDULE_FIRED -> "schedule:fired";
      case SCHEDULE_MISSED -> "schedule:missed";
      case WEBHOOK_CREATED -> "webhook:created";
      case WEBHOOK_UPDATED -> "webhook:updated";
      case WEBHOOK_DELETED -> "webhook:deleted";
      case WEBHOOK_DISABLED -> "webhook:disabled";
    };
  }

  /// Whose the event is that is not a task's.
  private static FrameSubject about(FeedEvent event, FrameKind kind) {
    return switch (kind) {
      case AGENT -> new FrameSubject(kind, event.event().subject(), null, null);
      case ISSUE -> new FrameSubject(kind, null, event.event().subject(), null);
      case COMMENT -> new FrameSubject(kind, null, issueOfComment(event.data()), null);
      case TASK, DAEMON, SKILL, WORKSPACE, MEMBER, USAGE, BUDGET, SCHEDULE, WEBHOOK, SOCKET ->
          new FrameSubject(kind, null, null, null);
    };
  }

  /// A comment that is gone says its issue itself, one that is there says it within.
  private static @Nullable UUID issueOfComment(JsonNode data) {
    return data.at("/comment/issue_id")
        .stringValueOpt()
        .or(() -> data.path("issue_id").stringValueOpt())
        .flatMap(Input::lenientId)
        .orElse(null);
  }

  /// Of a task, each frame has the members the seed gives it; our own frames have them all.
  private String task(Event event, TaskFacts facts) {
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
