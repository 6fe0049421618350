package dev.muster.api.notifier;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.muster.api.frame.Frame;
import dev.muster.api.frame.Frames;
import dev.muster.api.message.TaskMessage;
import dev.muster.api.message.TaskMessages;
import dev.muster.events.id.TaskId;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/// What the tasks say that somebody listens to.
///
/// The word that a task has said something only moves a version: each socket then reads on from its
/// own place when it has sent what waits, so a slow one holds nothing. Those that stand at the same
/// place, as all do that have kept up, share one read and one frame.
@Component
final class TaskOutput {
  private static final int PART_MESSAGES = 200;
  private static final int PART_BYTES = 256 * 1024;
  private static final int KEPT_BYTES = 32 * 1024 * 1024;
  private static final int EMPTY_BYTES = 200;
  private static final int READS_MAX = 4;
  private static final Duration KEPT = Duration.ofSeconds(5);

  private final TaskMessages messages;
  private final JsonMapper json;
  private final Semaphore reads = new Semaphore(READS_MAX, true);
  private final AtomicLong versions = new AtomicLong();
  private final ConcurrentMap<TaskId, Heard> heard = new ConcurrentHashMap<>();
  private final Cache<Key, Part> parts =
      Caffeine.newBuilder()
          .maximumWeight(KEPT_BYTES)
          .<Key, Part>weigher(
              (_, part) -> EMPTY_BYTES + (part.frame() == null ? 0 : part.frame().bytes()))
          .expireAfterWrite(KEPT)
          .build();

  TaskOutput(TaskMessages messages, JsonMapper json) {
    this.messages = messages;
    this.json = json;
  }

  /// A task that somebody listens to.
  ///
  /// @param version grows whenever the task may have said something
  private record Heard(long version, Set<DashboardSocket> watchers) {}

  private record Key(TaskId task, TaskMessages.Place place, long version) {}

  /// What a task says behind a place.
  ///
  /// @param frame null if it has said nothing more
  /// @param end the place behind it
  /// @param isLast whether that was all when it was read
  record Part(@Nullable Frame frame, TaskMessages.Place end, boolean isLast) {}

  void listen(TaskId task, DashboardSocket watcher) {
    heard.compute(
        task,
        (_, known) -> {
          var listened =
              known == null
                  ? new Heard(versions.incrementAndGet(), ConcurrentHashMap.newKeySet())
                  : known;
          listened.watchers().add(watcher);
          return listened;
        });
  }

  void ignore(TaskId task, DashboardSocket watcher) {
    heard.computeIfPresent(
        task,
        (_, listened) -> {
          listened.watchers().remove(watcher);
          return listened.watchers().isEmpty() ? null : listened;
        });
  }

  /// The task has said something, or may have. Waits for nobody.
  void told(TaskId task) {
    var listened =
        heard.computeIfPresent(
            task, (_, known) -> new Heard(versions.incrementAndGet(), known.watchers()));
    if (listened != null) {
      listened.watchers().forEach(watcher -> watcher.sendQueue().output());
    }
  }

  /// Has everybody look again: the word that something was said is not promised to come.
  void lookAgain() {
    heard.keySet().forEach(this::told);
  }

  /// Which version the task is at. What is read afterwards holds all that made it so.
  long version(TaskId task) {
    var listened = heard.get(task);
    return listened == null ? 0 : listened.version();
  }

  Part part(TaskId task, TaskMessages.Place place, long version) {
    return parts.get(new Key(task, place, version), _ -> read(task, place));
  }

  private Part read(TaskId task, TaskMessages.Place place) {
    var said = said(task, place);
    if (said.isEmpty()) {
      return new Part(null, place, true);
    }
    var last = said.getLast();
    var size = said.stream().mapToLong(m -> m.content().length() + m.output().length()).sum();
    return new Part(
        Frames.messages(task, json.writeValueAsString(said)),
        new TaskMessages.Place(last.claimGeneration(), last.seq()),
        said.size() < PART_MESSAGES && size < PART_BYTES / 2);
  }

  private List<TaskMessage> said(TaskId task, TaskMessages.Place place) {
    reads.acquireUninterruptibly();
    try {
      return messages.after(task, place, PART_MESSAGES, PART_BYTES);
    } finally {
      reads.release();
    }
  }
}
