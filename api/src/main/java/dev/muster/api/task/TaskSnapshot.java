package dev.muster.api.task;

import dev.muster.api.access.WorkspaceAccess;
import dev.muster.api.snapshot.SnapshotPart;
import dev.muster.events.feed.FeedLog;
import dev.muster.tasks.command.TaskView;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.springframework.stereotype.Component;

/// The open tasks of a snapshot, the newest first, and how many there are in each state.
///
/// Of a very long queue only the newest are shown; the snapshot says how many it left out.
@Component
final class TaskSnapshot implements SnapshotPart {
  private static final int SHOWN_MAX = 10_000;
  private static final Comparator<TaskView> NEWEST_FIRST =
      Comparator.comparing(TaskView::createdAt).thenComparing(TaskView::id).reversed();

  private final OpenTaskStore tasks;
  private final FeedLog feedLog;

  TaskSnapshot(OpenTaskStore tasks, FeedLog feedLog) {
    this.tasks = tasks;
    this.feedLog = feedLog;
  }

  @Override
  public Map<String, Object> read(WorkspaceAccess access) {
    var workspace = access.workspace();
    var active = tasks.active(workspace, SHOWN_MAX);
    var queued = tasks.queued(workspace, SHOWN_MAX - active.size());
    var open = tasks.counts(workspace);
    var ended = feedLog.ended(workspace);
    var counts = new LinkedHashMap<String, Long>();
    counts.put("queued", open.queued());
    counts.put("dispatched", open.dispatched());
    counts.put("running", open.running());
    counts.put("completed", ended.completed());
    counts.put("failed", ended.failed());
    counts.put("cancelled", ended.cancelled());
    return Map.of(
        "tasks",
        Stream.concat(active.stream(), queued.stream()).sorted(NEWEST_FIRST).toList(),
        "tasks_left_out",
        open.all() - active.size() - queued.size(),
        "counts",
        counts);
  }
}
