package dev.muster.dispatcher.lease;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.events.feed.FeedRig;
import dev.muster.events.id.RuntimeId;
import dev.muster.standalone.Applications;
import dev.muster.standalone.LongHistory;
import dev.muster.tasks.store.TaskDeadlines;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// A look at who is deaf, and what follows, cost what waits for those runtimes, not what waits.
@Tag("faults")
class LongQueueTest {
  @Test
  void aLookAtWhoIsDeafReadsNotAllThatWaitsForOthers() throws Exception {
    try (var rig = FeedRig.start()) {
      var history = LongHistory.make(rig.db());
      rig.db()
          .sql("UPDATE runtime_liveness SET last_claim_at = now() - interval '1 hour'")
          .update();
      try (var dispatcher = Applications.dispatcher(rig.jdbcUrl(), rig.kafka())) {
        var leases = dispatcher.getBean(LeaseStore.class);
        var deadlines = dispatcher.getBean(TaskDeadlines.class);

        var read =
            LongHistory.rowsRead(
                dispatcher,
                () -> {
                  assertThat(leases.markDeaf(Duration.ofMinutes(1))).isEmpty();
                  deadlines.giveBackAssigned(List.of(new RuntimeId(history.runtime())));
                });

        assertThat(read).isLessThan(LongHistory.FEW);
      }
    }
  }
}
