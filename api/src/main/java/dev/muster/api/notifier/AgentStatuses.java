package dev.muster.api.notifier;

import dev.muster.api.feed.TaskFacts;
import dev.muster.events.Event;
import dev.muster.events.feed.Loop;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Tells dashboards how agents stand after their tasks or runtimes moved.
///
/// A status is not in the feed: it is derived from tasks and runtimes, by Postgres. The feed's
/// thread only notes whose it may have changed; this loop asks for all of them at once.
@Component
final class AgentStatuses extends Loop {
  private static final Duration GATHER = Duration.ofMillis(50);

  private final AgentStatusStore store;
  private final Rooms rooms;
  private final JsonMapper json;
  private final Semaphore noted = new Semaphore(0);
  // Both guarded by the object's lock.
  private Set<UUID> agents = new HashSet<>();
  private Set<UUID> runtimes = new HashSet<>();

  AgentStatuses(AgentStatusStore store, Rooms rooms, JsonMapper json) {
    super("muster-agent-statuses");
    this.store = store;
    this.rooms = rooms;
    this.json = json;
  }

  private record Changed(Set<UUID> agents, Set<UUID> runtimes) {}

  void note(Event event) {
    switch (event.type()) {
      case TASK_DISPATCHED, TASK_REQUEUED, TASK_COMPLETED, TASK_FAILED, TASK_CANCELLED -> {
        var agent = TaskFacts.of(event, json).agentId();
        note(agent == null ? Set.of() : Set.of(agent), Set.of());
      }
      case RUNTIME_REGISTERED, RUNTIME_ONLINE, RUNTIME_OFFLINE -> note(Set.of(), runtimes(event));
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
          BUDGET_REACHED -> {}
    }
  }

  private Set<UUID> runtimes(Event event) {
    var ids = new HashSet<UUID>();
    ids.add(event.subject());
    for (JsonNode runtime : json.readTree(event.data()).path("runtimes")) {
      runtime.path("id").stringValueOpt().map(UUID::fromString).ifPresent(ids::add);
    }
    return ids;
  }

  private void note(Set<UUID> moreAgents, Set<UUID> moreRuntimes) {
    synchronized (this) {
      agents.addAll(moreAgents);
      runtimes.addAll(moreRuntimes);
    }
    if (noted.availablePermits() == 0) {
      noted.release();
    }
  }

  private synchronized Changed taken() {
    var changed = new Changed(agents, runtimes);
    agents = new HashSet<>();
    runtimes = new HashSet<>();
    return changed;
  }

  @Override
  protected void step() throws InterruptedException {
    noted.acquire();
    Thread.sleep(GATHER);
    noted.drainPermits();
    var changed = taken();
    try {
      for (var row : store.of(changed.agents(), changed.runtimes())) {
        rooms.tell(row.workspace(), Frames.agentStatus(row.id(), row.agent()));
      }
    } catch (RuntimeException e) {
      note(changed.agents(), changed.runtimes());
      throw e;
    }
  }
}
