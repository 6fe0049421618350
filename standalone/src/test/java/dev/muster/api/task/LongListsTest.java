package dev.muster.api.task;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.events.feed.FeedRig;
import dev.muster.events.id.RuntimeId;
import dev.muster.standalone.Applications;
import dev.muster.standalone.LongHistory;
import dev.muster.tasks.command.TaskView;
import java.util.ArrayList;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Lists of what is few are short work, however much there was.
@Tag("faults")
class LongListsTest {
  private static final String TOKEN = "mul_" + "0123456789".repeat(4);

  @Test
  void aListReadsWhatItShowsAndNotWhatHasEnded() throws Exception {
    try (var rig = FeedRig.start()) {
      var history = LongHistory.make(rig.db());
      var runtime = new RuntimeId(history.runtime());
      rig.db()
          .sql("UPDATE task SET runtime_id = :runtime, assigned_at = now() WHERE id = :task")
          .param("runtime", history.runtime())
          .param("task", history.task())
          .update();
      try (var api = Applications.api(rig.jdbcUrl(), rig.kafka(), TOKEN, "--server.port=0")) {
        var openTasks = api.getBean(OpenTaskStore.class);
        var found = new ArrayList<TaskView>();

        assertThat(
                LongHistory.rowsRead(
                    api,
                    () ->
                        openTasks
                            .pending(runtime, null, 100)
                            .rows()
                            .forEach(ranked -> found.add(ranked.task()))))
            .isLessThan(LongHistory.FEW);
        assertThat(found).extracting(TaskView::id).containsExactly(history.task());
      }
    }
  }
}
