package dev.muster.dispatcher.assign;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.events.feed.FeedRig;
import dev.muster.events.id.WorkspaceId;
import dev.muster.standalone.Applications;
import dev.muster.standalone.LongHistory;
import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;

/// The dispatcher's look at a workspace costs what there is to do, not what there was.
@Tag("faults")
class LongHistoryTest {
  @Test
  void aLookReadsNeitherWhatHasEndedNorAllThatWaitsForWhatNobodyOffers() throws Exception {
    try (var rig = FeedRig.start()) {
      var history = LongHistory.make(rig.db());
      try (var dispatcher = Applications.dispatcher(rig.jdbcUrl(), rig.kafka())) {
        var assigner = dispatcher.getBean(Assigner.class);
        var workspace = new WorkspaceId(history.workspace());

        var read =
            LongHistory.rowsRead(
                dispatcher,
                () -> {
                  history.addPinned(dispatcher.getBean(JdbcClient.class));
                  assigner.look(workspace);
                });

        assertThat(read).isBetween(1L, (long) LongHistory.FEW);
        assertThat(
                rig.db()
                    .sql("SELECT count(*) FROM task WHERE pinned AND assigned_at IS NULL")
                    .query(Integer.class)
                    .single())
            .isZero();

        assertThat(
                rig.db()
                    .sql("SELECT runtime_id FROM task WHERE id = :task")
                    .param("task", history.task())
                    .query(UUID.class)
                    .single())
            .isEqualTo(history.runtime());
      }
    }
  }
}
