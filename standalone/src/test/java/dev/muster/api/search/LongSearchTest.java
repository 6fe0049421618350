package dev.muster.api.search;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.api.edge.RowCursor;
import dev.muster.events.feed.FeedRig;
import dev.muster.events.id.WorkspaceId;
import dev.muster.events.task.TaskState;
import dev.muster.standalone.Applications;
import dev.muster.standalone.LongHistory;
import dev.muster.tasks.command.TaskView;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Lists and searches of tasks are short work, however many there are.
@Tag("faults")
class LongSearchTest {
  private static final String TOKEN = "mul_" + "0123456789".repeat(4);

  @Test
  void aListReadsWhatItShowsAndNotWhatHasEnded() throws Exception {
    try (var rig = FeedRig.start()) {
      var history = LongHistory.make(rig.db());
      var workspace = new WorkspaceId(history.workspace());
      try (var api = Applications.api(rig.jdbcUrl(), rig.kafka(), TOKEN, "--server.port=0")) {
        var tasks = api.getBean(TaskList.class);
        for (var state :
            List.of(
                TaskState.DISPATCHED, TaskState.RUNNING, TaskState.FAILED, TaskState.CANCELLED)) {
          assertThat(
                  LongHistory.rowsRead(api, () -> tasks.list(workspace, TaskQuery.in(state), 100)))
              .as("%s", state)
              .isLessThan(LongHistory.FEW);
        }
      }
    }
  }

  @Test
  void aSearchLooksAtSoManyTasksAndItsNextPageGoesOnAfterThem() throws Exception {
    try (var rig = FeedRig.start()) {
      var history = LongHistory.make(rig.db());
      var workspace = new WorkspaceId(history.workspace());
      var oldest =
          rig.db()
              .sql("SELECT id FROM task WHERE workspace_id = :w ORDER BY created_at, id LIMIT 1")
              .param("w", history.workspace())
              .query(UUID.class)
              .single();
      // Other tasks of its issue have the title too.
      rig.db()
          .sql(
              """
              WITH needle AS (UPDATE issue SET title = 'The needle' WHERE id = (SELECT issue_id FROM task WHERE id = :task) RETURNING id)
              UPDATE task SET created_at = created_at - interval '1 hour' FROM needle WHERE issue_id = needle.id
              """)
          .param("task", oldest)
          .update();
      try (var api = Applications.api(rig.jdbcUrl(), rig.kafka(), TOKEN, "--server.port=0")) {
        var tasks = api.getBean(TaskList.class);
        var pages = new ArrayList<TaskList.Answer>();

        var query = titled("needle", null);
        while (pages.isEmpty() || pages.getLast().next() != null) {
          var asked = query;
          var read = LongHistory.rowsRead(api, () -> pages.add(tasks.list(workspace, asked, 100)));
          // Once to find the end, once to look, and on the first page once to count.
          assertThat(read).isLessThanOrEqualTo(3L * TaskList.LOOKED_AT_MAX + LongHistory.FEW);
          var next = pages.getLast().next();
          query = titled("needle", RowCursor.Order.TASKS.parse(next));
        }

        assertThat(pages).hasSizeBetween(4, 6);
        assertThat(pages.getFirst().tasks()).isEmpty();
        assertThat(pages.getFirst().totalIsExact()).isFalse();
        assertThat(pages.stream().flatMap(page -> page.tasks().stream()))
            .extracting(TaskView::id)
            .contains(oldest)
            .doesNotHaveDuplicates();
        assertThat(
                LongHistory.rowsRead(
                    api, () -> pages.add(tasks.list(workspace, titled("LNG-7", null), 100))))
            .isLessThan(LongHistory.FEW);
        assertThat(pages.getLast().total()).isEqualTo(3);
      }
    }
  }

  private static TaskQuery titled(String text, @Nullable RowCursor after) {
    return new TaskQuery(
        null, null, null, null, null, null, null, text, TaskQuery.Created.ANY_TIME, false, after);
  }
}
