package dev.muster.api.runtime;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.muster.api.access.Caller;
import dev.muster.api.edge.Input;
import dev.muster.api.edge.Refused;
import dev.muster.events.id.RuntimeId;
import dev.muster.events.id.WorkspaceId;
import java.time.Duration;
import java.util.Collection;
import java.util.Optional;
import org.springframework.stereotype.Component;

/// Knows the workspace of each runtime without asking Postgres at every call: a runtime never moves
/// to another one.
@Component
public class RuntimeDirectory {
  /// A daemon that reads this registers its workspace again.
  public static final String NOT_FOUND = "runtime not found";

  private static final int REMEMBERED_MAX = 100_000;
  private static final Duration REMEMBERED = Duration.ofMinutes(1);

  private final RuntimeStore store;
  private final Cache<RuntimeId, WorkspaceId> workspaces =
      Caffeine.newBuilder().maximumSize(REMEMBERED_MAX).expireAfterWrite(REMEMBERED).build();

  RuntimeDirectory(RuntimeStore store) {
    this.store = store;
  }

  /// A runtime that exists and that the caller may use.
  public record Found(RuntimeId runtime, WorkspaceId workspace) {}

  /// The runtime of that id; empty if the id is malformed or names none.
  ///
  /// @throws Refused 404 if it belongs to a workspace the caller is not a member of
  public Optional<Found> find(Caller caller, String id) {
    return Input.lenientId(id)
        .map(RuntimeId::new)
        .flatMap(runtime -> workspace(runtime).map(workspace -> new Found(runtime, workspace)))
        .map(found -> {
          caller.memberOf(found.workspace(), NOT_FOUND);
          return found;
        });
  }

  /// As [#find], and empty too if it belongs to a workspace the caller is not a member of.
  public Optional<Found> findOwn(Caller caller, String id) {
    return Input.lenientId(id)
        .map(RuntimeId::new)
        .flatMap(runtime -> workspace(runtime).map(workspace -> new Found(runtime, workspace)))
        .filter(found -> caller.isMember(found.workspace()));
  }

  /// Lets runtimes have as many tasks at once as their daemon says it is free for.
  public void admit(Collection<RuntimeId> runtimes, int tasks) {
    if (tasks > Registration.DAEMON_SLOTS) {
      store.admit(runtimes.stream().map(RuntimeId::value).toList(), tasks);
    }
  }

  /// As [#find], and 404 if there is none.
  public Found require(Caller caller, String id) {
    return find(caller, id).orElseThrow(() -> Refused.notFound(NOT_FOUND));
  }

  /// Whether there is such a runtime, as far as was known lately.
  public boolean isKnown(RuntimeId runtime) {
    return workspace(runtime).isPresent();
  }

  /// Forgets the runtime, which is gone or about to go.
  public void forget(RuntimeId runtime) {
    workspaces.invalidate(runtime);
  }

  /// Says beside the runtime why it takes no tasks just now; nothing where it takes them.
  void tellShortage(RuntimeId runtime, String shortage) {
    store.tellShortage(runtime, shortage);
  }

  private Optional<WorkspaceId> workspace(RuntimeId runtime) {
    var known = workspaces.getIfPresent(runtime);
    if (known != null) {
      return Optional.of(known);
    }
    var found = store.workspaceOf(runtime);
    found.ifPresent(workspace -> workspaces.put(runtime, workspace));
    return found;
  }
}
