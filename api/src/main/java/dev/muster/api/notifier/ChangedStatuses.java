package dev.muster.api.notifier;

import dev.muster.api.feed.FeedEvent;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;
import tools.jackson.databind.JsonNode;

/// Whose status may have changed by events: agents, and those that runtimes may serve.
record ChangedStatuses(Set<UUID> agents, Set<UUID> runtimes) {
  ChangedStatuses() {
    this(new HashSet<>(), new HashSet<>());
  }

  boolean isEmpty() {
    return agents.isEmpty() && runtimes.isEmpty();
  }

  void addAll(ChangedStatuses more) {
    agents.addAll(more.agents);
    runtimes.addAll(more.runtimes);
  }

  void add(FeedEvent event) {
    switch (event.type()) {
      case TASK_DISPATCHED, TASK_REQUEUED, TASK_COMPLETED, TASK_FAILED, TASK_CANCELLED -> {
        var agent = event.task().agentId();
        if (agent != null) {
          agents.add(agent);
        }
      }
      case RUNTIME_REGISTERED, RUNTIME_ONLINE, RUNTIME_OFFLINE -> {
        runtimes.add(event.event().subject());
        for (JsonNode runtime : event.data().path("runtimes")) {
          runtime.path("id").stringValueOpt().map(UUID::fromString).ifPresent(runtimes::add);
        }
      }
      case TASK_QUEUED,
          TASK_ASSIGNED,
          TASK_RUNNING,
          TASK_READY,
          TASK_COALESCED,
          TASK_CANCEL_REQUESTED,
          TASK_DELETED,
          RUNTIME_UPDATED,
          RUNTIME_DEAF,
          RUNTIME_CONFLICT,
          RUNTIME_DELETED,
          AGENT_CREATED,
          AGENT_UPDATED,
          AGENT_DELETED,
          ISSUE_CREATED,
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
          WEBHOOK_DISABLED -> {}
    }
  }
}
