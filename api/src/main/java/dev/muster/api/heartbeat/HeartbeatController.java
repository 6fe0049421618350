package dev.muster.api.heartbeat;

import dev.muster.api.access.Caller;
import dev.muster.api.edge.Input;
import dev.muster.api.edge.JsonBody;
import dev.muster.api.edge.Limits;
import dev.muster.api.queue.PendingCancels;
import dev.muster.tasks.store.HeldTasks;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/// How a daemon says that it lives, and hears what it should know.
@RestController
class HeartbeatController {
  private final RuntimeDirectory directory;
  private final Heartbeats heartbeats;
  private final Pings pings;
  private final Processes processes;
  private final HeldTasks heldTasks;
  private final PendingCancels cancels;

  HeartbeatController(
      RuntimeDirectory directory,
      Heartbeats heartbeats,
      Pings pings,
      Processes processes,
      HeldTasks heldTasks,
      PendingCancels cancels) {
    this.directory = directory;
    this.heartbeats = heartbeats;
    this.pings = pings;
    this.processes = processes;
    this.heldTasks = heldTasks;
    this.cancels = cancels;
  }

  /// @param processId what the daemon's process calls itself
  /// @param shortage why it takes no tasks just now, empty if it takes them again; null where it
  ///   does not say
  /// @param runningTasks what it runs for this runtime; null where it does not say
  record HeartbeatRequest(
      @Nullable String runtimeId,
      @Nullable String processId,
      @Nullable List<NamedTasks.@Nullable Named> runningTasks,
      @Nullable List<@Nullable String> runningTaskIds,
      @Nullable String shortage) {
    @Nullable List<NamedTasks.@Nullable Named> running() {
      if (runningTasks != null || runningTaskIds == null) {
        return runningTasks;
      }
      return runningTaskIds.stream()
          .<NamedTasks.@Nullable Named>map(id -> new NamedTasks.Named(id, null))
          .toList();
    }
  }

  /// Takes a sign of life, and answers what the runtime should know. An unknown runtime is 404, so
  /// that its daemon registers again.
  @PostMapping("/api/daemon/heartbeat")
  Map<String, Object> heartbeat(Caller caller, @JsonBody HeartbeatRequest request) {
    var id = Input.required("runtime_id", request.runtimeId(), Limits.NAME);
    var sent = request.running();
    var running = sent == null ? null : NamedTasks.checked(sent);
    var runtime = directory.require(caller, id).runtime();
    if (Processes.checked(request.processId()) == null) {
      heartbeats.beatOfNameless(runtime);
      processes.require(runtime, null);
    } else {
      processes.require(runtime, request.processId());
      heartbeats.beat(runtime);
    }
    if (request.shortage() != null) {
      var shortage = Input.orElse("shortage", request.shortage(), "", Limits.NAME);
      directory.tellShortage(runtime, shortage.strip());
    }
    var answer = new LinkedHashMap<String, Object>();
    answer.put("status", "ok");
    pings.handOut(runtime).ifPresent(ping -> answer.put("pending_ping", Map.of("id", ping)));
    answer.put("heartbeat_interval_seconds", heartbeats.intervalSeconds());
    var cancel = cancels.of(runtime);
    if (!cancel.isEmpty()) {
      answer.put("cancel", cancel);
    }
    if (running != null) {
      answer.put("tasks", heldTasks.reconcile(runtime, running.ids(), running.generations()));
    }
    return answer;
  }
}
