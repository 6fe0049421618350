package dev.muster.dispatcher.assign;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.events.feed.FeedRig;
import dev.muster.events.id.WorkspaceId;
import dev.muster.standalone.Applications;
import dev.muster.standalone.LongHistory;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/// The dispatcher's look at a workspace costs what there is to do, not what there was.
class LongHistoryTest {
  @Test
  void aLookReadsNeitherWhatHasEndedNorAllThatWaitsForWhatNobodyOffers() throws Exception {
    try (var rig = FeedRig.start()) {
      var history = LongHistory.make(rig.db());
      try (var dispatcher = Applications.dispatcher(rig.jdbcUrl(), rig.kafka())) {
        var assigner = dispatcher.getBean(Assigner.class);
        var workspace = new WorkspaceId(history.workspace());

        assertThat(LongHistory.rowsRead(dispatcher, () -> assigner.look(workspace)))
            .isBetween(1L, (long) LongHistory.FEW);

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
