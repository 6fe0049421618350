package dev.muster.events;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/// What happened: the closed list of events in the feed.
public enum EventType {
  TASK_QUEUED("task.queued"),
  TASK_ASSIGNED("task.assigned"),
  TASK_DISPATCHED("task.dispatched"),
  TASK_RUNNING("task.running"),
  TASK_READY("task.ready"),
  TASK_COALESCED("task.coalesced"),
  TASK_CANCEL_REQUESTED("task.cancel_requested"),
  TASK_REQUEUED("task.requeued"),
  TASK_COMPLETED("task.completed"),
  TASK_FAILED("task.failed"),
  TASK_CANCELLED("task.cancelled"),
  TASK_DELETED("task.deleted"),
  RUNTIME_REGISTERED("runtime.registered"),
  RUNTIME_ONLINE("runtime.online"),
  RUNTIME_OFFLINE("runtime.offline"),
  RUNTIME_UPDATED("runtime.updated"),
  RUNTIME_DEAF("runtime.deaf"),
  RUNTIME_CONFLICT("runtime.conflict"),
  RUNTIME_DELETED("runtime.deleted"),
  AGENT_CREATED("agent.created"),
  AGENT_UPDATED("agent.updated"),
  AGENT_DELETED("agent.deleted"),
  ISSUE_CREATED("issue.created"),
  ISSUE_UPDATED("issue.updated"),
  ISSUE_DELETED("issue.deleted"),
  COMMENT_CREATED("comment.created"),
  COMMENT_UPDATED("comment.updated"),
  COMMENT_DELETED("comment.deleted"),
  SKILL_CREATED("skill.created"),
  SKILL_UPDATED("skill.updated"),
  SKILL_DELETED("skill.deleted"),
  WORKSPACE_UPDATED("workspace.updated"),
  WORKSPACE_DELETED("workspace.deleted"),
  MEMBER_ADDED("member.added"),
  MEMBER_UPDATED("member.updated"),
  MEMBER_REMOVED("member.removed"),
  USAGE_REPORTED("usage.reported"),
  BUDGET_UPDATED("budget.updated"),
  BUDGET_REACHED("budget.reached"),
  SCHEDULE_CREATED("schedule.created"),
  SCHEDULE_UPDATED("schedule.updated"),
  SCHEDULE_DELETED("schedule.deleted"),
  SCHEDULE_PAUSED("schedule.paused"),
  SCHEDULE_RESUMED("schedule.resumed"),
  SCHEDULE_FIRED("schedule.fired"),
  SCHEDULE_MISSED("schedule.missed"),
  WEBHOOK_CREATED("webhook.created"),
  WEBHOOK_UPDATED("webhook.updated"),
  WEBHOOK_DELETED("webhook.deleted"),
  WEBHOOK_DISABLED("webhook.disabled");

  private static final Map<String, EventType> BY_WIRE =
      Arrays.stream(values())
          .collect(Collectors.toUnmodifiableMap(EventType::wire, Function.identity()));

  private final String wire;

  EventType(String wire) {
    this.wire = wire;
  }

  /// The event's name in SQL and JSON: `task.queued`. Its CloudEvents type puts `dev.muster.`
  /// before it.
  public String wire() {
    return wire;
  }

  public boolean isTask() {
    return wire.startsWith("task.");
  }

  /// The type of that name; empty for one that this version does not know.
  public static Optional<EventType> of(String wire) {
    return Optional.ofNullable(BY_WIRE.get(wire));
  }
}
