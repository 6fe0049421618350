package dev.muster.api.heartbeat;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.muster.api.access.Caller;
import dev.muster.api.access.Callers;
import dev.muster.api.edge.Input;
import dev.muster.api.edge.Refused;
import dev.muster.events.id.RuntimeId;
import dev.muster.events.id.WorkspaceId;
import dev.muster.events.sql.Rows;
import java.time.Duration;
import java.util.Collection;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/// Knows whose each runtime is without asking Postgres at every call. A runtime never moves to
/// another workspace, and to another daemon only when that one registers.
@Component
public class RuntimeDirectory {
  /// A daemon that reads this registers its workspace again.
  public static final String NOT_FOUND = "runtime not found";

  /// What Multica's daemon takes at once, over all its runtimes, unless somebody tells it
  /// otherwise.
  public static final int DAEMON_SLOTS = 20;

  private static final int REMEMBERED_MAX = 100_000;
  private static final Duration REMEMBERED = Duration.ofMinutes(1);

  private final JdbcClient db;
  private final Callers callers;
  private final Cache<RuntimeId, Owner> owners =
      Caffeine.newBuilder().maximumSize(REMEMBERED_MAX).expireAfterWrite(REMEMBERED).build();

  RuntimeDirectory(JdbcClient db, Callers callers) {
    this.db = db;
    this.callers = callers;
  }

  private record Owner(UUID workspaceId, String daemonId) {}

  /// A runtime that exists and that the caller may use.
  public record Found(RuntimeId runtime, WorkspaceId workspace) {}

  /// The runtime of that id; empty if the id is malformed or names none that the token is good for.
  ///
  /// @throws Refused 404 if it belongs to a workspace the caller is not a member of
  public Optional<Found> find(Caller caller, String id) {
    return Input.lenientId(id)
        .map(RuntimeId::new)
        .flatMap(runtime -> found(caller, runtime))
        .map(found -> {
          caller.memberOf(found.workspace(), NOT_FOUND);
          return found;
        });
  }

  /// As [#find], and empty too if it belongs to a workspace the caller is not a member of.
  public Optional<Found> findOwn(Caller caller, String id) {
    return Input.lenientId(id)
        .map(RuntimeId::new)
        .flatMap(runtime -> found(caller, runtime))
        .filter(found -> caller.isMember(found.workspace()));
  }

  /// Lets runtimes have as many tasks at once as their daemon has just said it is free for.
  public void admit(Collection<RuntimeId> runtimes, int tasks) {
    if (tasks <= DAEMON_SLOTS) {
      return;
    }
    db.sql(
            """
            UPDATE runtime SET max_concurrent_tasks = :tasks
             WHERE id = ANY (:runtimes) AND max_concurrent_tasks < :tasks AND process_id IS NULL
            """)
        .param("runtimes", runtimes.stream().map(RuntimeId::value).toArray(UUID[]::new))
        .param("tasks", tasks)
        .update();
  }

  /// As [#find], and 404 if there is none.
  public Found require(Caller caller, String id) {
    return find(caller, id).orElseThrow(() -> Refused.notFound(NOT_FOUND));
  }

  /// Whether there is such a runtime, as far as was known lately.
  public boolean isKnown(RuntimeId runtime) {
    return owner(runtime).isPresent();
  }

  /// Forgets the runtime, which is gone or about to go.
  public void forget(RuntimeId runtime) {
    owners.invalidate(runtime);
  }

  /// Says beside the runtime why it takes no tasks just now, or no longer; a register forgets it.
  void tellShortage(RuntimeId runtime, String shortage) {
    db.sql(
            """
            UPDATE runtime
               SET updated_at = now(),
                   metadata = CASE WHEN :shortage = '' THEN metadata - 'shortage'
                                   ELSE metadata || jsonb_build_object('shortage', :shortage) END
             WHERE id = :runtime AND coalesce(metadata ->> 'shortage', '') <> :shortage
            """)
        .param("runtime", runtime.value())
        .param("shortage", shortage)
        .update();
  }

  private Optional<Found> found(Caller caller, RuntimeId runtime) {
    return owner(runtime)
        .filter(owner -> caller.speaksFor(owner.daemonId()) || speaksForNow(caller, runtime))
        .map(owner -> new Found(runtime, new WorkspaceId(owner.workspaceId())));
  }

  /// As they are now: the daemon may have registered a moment ago, at another instance.
  private boolean speaksForNow(Caller caller, RuntimeId runtime) {
    var now = callers.withBinding(caller);
    var owner = load(runtime);
    owner.ifPresent(found -> owners.put(runtime, found));
    return owner.filter(found -> now.speaksFor(found.daemonId())).isPresent();
  }

  private Optional<Owner> owner(RuntimeId runtime) {
    var known = owners.getIfPresent(runtime);
    if (known != null) {
      return Optional.of(known);
    }
    var found = load(runtime);
    found.ifPresent(owner -> owners.put(runtime, owner));
    return found;
  }

  private Optional<Owner> load(RuntimeId runtime) {
    return db.sql("SELECT workspace_id, daemon_id FROM runtime WHERE id = :runtime")
        .param("runtime", runtime.value())
        .query(Rows.of(Owner.class))
        .optional();
  }
}
