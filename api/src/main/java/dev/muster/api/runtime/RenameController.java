package dev.muster.api.runtime;

import dev.muster.api.access.Caller;
import dev.muster.api.edge.Input;
import dev.muster.api.edge.JsonBody;
import dev.muster.api.edge.Limits;
import dev.muster.api.edge.Refused;
import dev.muster.api.heartbeat.RuntimeDirectory;
import dev.muster.events.feed.Outbox;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/// The name that people give a runtime. It stays when the runtime's daemon registers again.
@RestController
class RenameController {
  private final RuntimeDirectory directory;
  private final RuntimeStore runtimes;
  private final JdbcClient db;
  private final Outbox outbox;

  RenameController(
      RuntimeDirectory directory, RuntimeStore runtimes, JdbcClient db, Outbox outbox) {
    this.directory = directory;
    this.runtimes = runtimes;
    this.db = db;
    this.outbox = outbox;
  }

  record RuntimeFields(@Nullable String name) {}

  /// Renames the runtime. Without a name it is given its daemon's again, when that registers next.
  @PatchMapping("/api/runtimes/{id}")
  RuntimeView rename(Caller caller, @PathVariable String id, @JsonBody RuntimeFields fields) {
    var found = directory.require(caller, id);
    var name = Input.orElse("name", fields.name(), "", Limits.NAME).strip();
    var changed =
        db.sql(
                """
                WITH changed AS (
                  UPDATE runtime r
                     SET name = coalesce(nullif(:name, ''), r.name), renamed = :name <> '', updated_at = now()
                   WHERE r.id = :runtime AND (r.renamed <> (:name <> '') OR r.name <> coalesce(nullif(:name, ''), r.name))
                  RETURNING new AS r
                )
                """
                    + RuntimeStore.TELL_CHANGED)
            .param("name", name)
            .param("runtime", found.runtime().value())
            .update();
    if (changed > 0) {
      outbox.wake();
    }
    return runtimes.byIds(List.of(found.runtime().value())).stream()
        .findFirst()
        .orElseThrow(() -> Refused.notFound("runtime not found"));
  }
}
