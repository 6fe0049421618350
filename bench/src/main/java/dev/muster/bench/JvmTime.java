package dev.muster.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;

/// The processor time of a Muster's JVM by what its threads work for. Read from `/proc`.
///
/// What a thread used between the last look and its end is not counted: look every second.
final class JvmTime {
  private static final double NANOS_PER_SECOND = 1e9;

  private final Path process;
  private final Map<String, Double> lastOfThread = new HashMap<>();
  private final Map<ThreadKind, Double> seconds = new EnumMap<>(ThreadKind.class);

  JvmTime(ServerJvm jvm) {
    this.process = jvm.process();
  }

  void look() throws IOException {
    try (var threads = Files.newDirectoryStream(process.resolve("task"))) {
      for (var thread : threads) {
        look(thread);
      }
    }
  }

  private void look(Path thread) throws IOException {
    try {
      var name = read(thread.resolve("comm")).strip();
      var now = nanos(thread) / NANOS_PER_SECOND;
      var before = lastOfThread.put(thread.getFileName() + name, now);
      seconds.merge(ThreadKind.of(name), now - (before == null ? 0 : before), Double::sum);
    } catch (NoSuchFileException e) {
      // The thread has ended.
    }
  }

  /// Seconds since the JVM began.
  Map<ThreadKind, Double> seconds() throws IOException {
    look();
    return new EnumMap<>(seconds);
  }

  /// What the scheduler has counted for a thread, or a process of one thread. The times in `stat`
  /// are guessed from what ran at each tick, which is wrong for who wakes often and briefly.
  static long nanos(Path task) throws IOException {
    return Long.parseLong(read(task.resolve("schedstat")).split(" ", 2)[0]);
  }

  private static String read(Path file) throws IOException {
    return Files.readString(file, StandardCharsets.ISO_8859_1);
  }
}
