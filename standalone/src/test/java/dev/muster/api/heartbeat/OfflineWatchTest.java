package dev.muster.api.heartbeat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.api.feed.FeedEvent;
import dev.muster.events.Event;
import dev.muster.events.EventType;
import dev.muster.events.feed.FeedRig;
import dev.muster.events.id.RuntimeId;
import dev.muster.events.id.WorkspaceId;
import dev.muster.standalone.Applications;
import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.json.JsonMapper;

/// An api hears from the feed that a runtime went offline, perhaps later than the runtime's next
/// beat.
@Tag("faults")
class OfflineWatchTest {
  private static final String TOKEN = "mul_" + "0123456789".repeat(4);

  @Test
  void aBeatThatCameBeforeTheNewsOfTheSweepBringsTheRuntimeBack() throws Exception {
    assertThat(statusAfterABeatAndTheNewsOf("stale_sweep")).isEqualTo("online");
  }

  @Test
  void aBeatThatCameBeforeAGoodbyeDoesNot() throws Exception {
    assertThat(statusAfterABeatAndTheNewsOf("deregister")).isEqualTo("offline");
  }

  private static String statusAfterABeatAndTheNewsOf(String action) throws Exception {
    try (var rig = FeedRig.start()) {
      var runtime = new RuntimeId(UUID.randomUUID());
      var workspace = new WorkspaceId(newRuntime(rig.db(), runtime));
      try (var api = Applications.api(rig.jdbcUrl(), rig.kafka(), TOKEN, "--server.port=0")) {
        var heartbeats = api.getBean(Heartbeats.class);
        heartbeats.beat(runtime);
        rig.db().sql("UPDATE runtime SET status = 'offline'").update();

        heartbeats.beat(runtime);
        api.getBean(OfflineWatch.class).onEvent(offline(workspace, runtime, action));
        heartbeats.write();

        return rig.db().sql("SELECT status FROM runtime").query(String.class).single();
      }
    }
  }

  private static FeedEvent offline(WorkspaceId workspace, RuntimeId runtime, String action) {
    return FeedEvent.read(
        new Event(
            workspace,
            1,
            EventType.RUNTIME_OFFLINE,
            runtime.value(),
            null,
            Instant.EPOCH,
            "{\"action\":\"%s\",\"runtime_ids\":[\"%s\"]}".formatted(action, runtime.value())),
        JsonMapper.shared());
  }

  private static UUID newRuntime(JdbcClient db, RuntimeId runtime) {
    return db.sql(
            """
            WITH w AS (
              INSERT INTO workspace (name, slug, issue_prefix) VALUES ('Watch', gen_random_uuid()::text, 'WAT') RETURNING id
            ), r AS (
              INSERT INTO runtime (id, workspace_id, daemon_id, name, provider, status)
              SELECT :runtime, id, 'dm', 'Watched', 'claude', 'online' FROM w RETURNING id, workspace_id
            ), l AS (
              INSERT INTO runtime_liveness (runtime_id) SELECT id FROM r
            )
            SELECT workspace_id FROM r
            """)
        .param("runtime", runtime.value())
        .query((row, _) -> row.getObject(1, UUID.class))
        .single();
  }
}
