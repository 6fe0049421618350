package dev.muster.api.runtime;

import dev.muster.api.access.Caller;
import dev.muster.api.edge.Input;
import dev.muster.api.edge.Refused;
import dev.muster.api.heartbeat.RuntimeDirectory;
import dev.muster.api.heartbeat.RuntimeDirectory.Found;
import dev.muster.events.EventType;
import dev.muster.events.feed.Outbox;
import dev.muster.events.id.RuntimeId;
import dev.muster.tasks.store.TaskDeadlines;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.json.JsonMapper;

/// Removes a runtime, with what hangs on it given to another one or not at all.
///
/// What it has in hand keeps it: that can be ended, or waited for, and is not given on by the way.
@RestController
class RemovalController {
  private final RuntimeDirectory directory;
  private final RemovalStore store;
  private final Heirs heirs;
  private final TaskDeadlines deadlines;
  private final Outbox outbox;
  private final JsonMapper json;
  private final TransactionTemplate transaction;

  RemovalController(
      RuntimeDirectory directory,
      RemovalStore store,
      Heirs heirs,
      TaskDeadlines deadlines,
      Outbox outbox,
      JsonMapper json,
      TransactionTemplate transaction) {
    this.directory = directory;
    this.store = store;
    this.heirs = heirs;
    this.deadlines = deadlines;
    this.outbox = outbox;
    this.json = json;
    this.transaction = transaction;
  }

  /// Removes the runtime. Its daemon, should it come again, registers a new one.
  ///
  /// @param moveTo the runtime that its agents and what waits for it go to
  @DeleteMapping("/api/runtimes/{id}")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  void remove(
      Caller caller,
      @PathVariable String id,
      @RequestParam(name = "move_to", required = false) @Nullable String moveTo) {
    var found = directory.require(caller, id);
    caller.administers(found.workspace(), "runtime not found");
    var heir = moveTo == null ? null : new RuntimeId(Input.id("move_to", moveTo));
    if (found.runtime().equals(heir)) {
      throw Refused.invalid("move_to", "is the runtime that is to be removed");
    }
    transaction.executeWithoutResult(_ -> remove(found, heir));
    directory.forget(found.runtime());
    outbox.wake();
  }

  private void remove(Found found, @Nullable RuntimeId heir) {
    var runtime = found.runtime();
    var locked =
        store.lock(found.workspace(), heir == null ? List.of(runtime) : List.of(runtime, heir));
    if (!locked.contains(runtime)) {
      throw Refused.notFound("runtime not found");
    }
    if (heir != null && !locked.contains(heir)) {
      throw Refused.invalid("move_to", "names a runtime that the workspace does not have");
    }
    var hanging = store.hanging(runtime);
    if (!hanging.isNothing() && (heir == null || hanging.activeTasks() > 0)) {
      throw hanging.refused();
    }
    if (heir != null) {
      heirs.inherit(List.of(runtime), heir);
    }
    deadlines.giveBackAssigned(List.of(runtime));
    store.delete(runtime);
    outbox.append(
        found.workspace(),
        EventType.RUNTIME_DELETED,
        runtime.value(),
        json.writeValueAsString(new Removed("removed", List.of(runtime.value()))));
  }

  private record Removed(String action, List<UUID> runtimeIds) {}
}
