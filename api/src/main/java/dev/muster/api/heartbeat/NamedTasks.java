package dev.muster.api.heartbeat;

import dev.muster.api.edge.Input;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// The tasks that a runtime says it runs, checked.
///
/// @param generations the claims it holds them by; null where it does not say
record NamedTasks(List<UUID> ids, List<@Nullable Long> generations) {
  private static final int TASKS_MAX = 1_000;

  /// A task as it is sent.
  record Named(@Nullable String id, @Nullable Long claimGeneration) {}

  static NamedTasks checked(List<@Nullable Named> sent) {
    var ids = new ArrayList<UUID>();
    var generations = new ArrayList<@Nullable Long>();
    for (var task : Input.list("running_tasks", sent, TASKS_MAX)) {
      ids.add(Input.id("running_tasks.id", task == null ? null : task.id()));
      generations.add(task == null ? null : task.claimGeneration());
    }
    return new NamedTasks(ids, generations);
  }
}
