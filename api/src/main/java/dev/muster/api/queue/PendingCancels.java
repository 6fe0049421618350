package dev.muster.api.queue;

import dev.muster.api.feed.FeedEvent;
import dev.muster.api.feed.FeedListener;
import dev.muster.events.Event;
import dev.muster.events.EventType;
import dev.muster.events.id.RuntimeId;
import dev.muster.tasks.lane.Tasks;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.context.event.ContextRefreshedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/// The running tasks whose end somebody has asked for, so that their runtimes can be told without
/// asking Postgres at every heartbeat. Kept by the feed; one that is missed here is ended by its
/// deadline.
@Component
public class PendingCancels implements FeedListener {
  private final JdbcClient db;
  private final Tasks tasks;
  private final Map<RuntimeId, Set<UUID>> byRuntime = new ConcurrentHashMap<>();

  PendingCancels(JdbcClient db, Tasks tasks) {
    this.db = db;
    this.tasks = tasks;
  }

  /// The tasks that the runtime is to end.
  public Set<UUID> of(RuntimeId runtime) {
    return byRuntime.getOrDefault(runtime, Set.of());
  }

  @Override
  public String name() {
    return "PendingCancels";
  }

  @Override
  public void onEvent(FeedEvent event) {
    if (event.type() == EventType.TASK_CANCEL_REQUESTED) {
      var runtime = event.task().runtimeId();
      if (runtime != null) {
        add(new RuntimeId(runtime), event.event().subject());
      }
    } else if (event.type().isTask() && !byRuntime.isEmpty()) {
      remove(event.event());
    }
  }

  private void add(RuntimeId runtime, UUID task) {
    byRuntime.merge(runtime, Set.of(task), PendingCancels::union);
    tasks.dismiss(runtime);
  }

  private static Set<UUID> union(Set<UUID> some, Set<UUID> more) {
    var all = new HashSet<>(some);
    all.addAll(more);
    return Set.copyOf(all);
  }

  private void remove(Event event) {
    byRuntime.replaceAll((_, tasks) -> without(tasks, event.subject()));
    byRuntime.values().removeIf(Set::isEmpty);
  }

  private static Set<UUID> without(Set<UUID> tasks, UUID task) {
    if (!tasks.contains(task)) {
      return tasks;
    }
    var left = new HashSet<>(tasks);
    left.remove(task);
    return Set.copyOf(left);
  }

  /// What was asked for while this instance was not there.
  @EventListener(ContextRefreshedEvent.class)
  void load() {
    db.sql(
            "SELECT id, runtime_id FROM task WHERE status = 'running' AND deadline_reason = 'cancelled'")
        .query((row, _) ->
            Map.entry(row.getObject("runtime_id", UUID.class), row.getObject("id", UUID.class)))
        .list()
        .forEach(e -> add(new RuntimeId(e.getKey()), e.getValue()));
  }
}
