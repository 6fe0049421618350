package dev.muster.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;

/// The processor time of a Muster's JVM by what its threads work for. Read from `/proc`.
///
/// What a thread used between the last look and its end is not counted: look every second.
final class JvmTime {
  private static final double NANOS_PER_SECOND = 1e9;
  private static final long KIB = 1024;
  private static final Pattern USED = Pattern.compile("used (\\d+)K");

  private final Path process;
  private final Map<String, Double> lastOfThread = new HashMap<>();
  private final Map<ThreadKind, Double> seconds = new EnumMap<>(ThreadKind.class);

  /// @param data of a Muster with embedded servers: its JVM is the one that holds the lock there
  JvmTime(Path data) throws IOException {
    var lock = data.resolve("lock").toRealPath();
    this.process =
        ProcessHandle.allProcesses()
            .filter(one -> one.info().command().orElse("").endsWith("/java"))
            .map(one -> Path.of("/proc", Long.toString(one.pid())))
            .filter(one -> hasOpen(one, lock))
            .findFirst()
            .orElseThrow(() -> new IOException("no Muster runs on " + data));
  }

  private static boolean hasOpen(Path process, Path file) {
    try (var open = Files.newDirectoryStream(process.resolve("fd"))) {
      for (var descriptor : open) {
        if (Files.readSymbolicLink(descriptor).equals(file)) {
          return true;
        }
      }
    } catch (IOException e) {
      // It has ended, or is somebody else's.
    }
    return false;
  }

  /// The bytes of the heap that are in use after a collection, as the JVM's own tool says.
  long heapInUse() throws IOException, InterruptedException {
    var _ = jcmd("GC.run");
    var used =
        USED.matcher(jcmd("GC.heap_info").split("Metaspace", 2)[0])
            .results()
            .mapToLong(found -> Long.parseLong(found.group(1)))
            .sum();
    return used * KIB;
  }

  private String jcmd(String command) throws IOException, InterruptedException {
    var jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd");
    var tool =
        new ProcessBuilder(jcmd.toString(), process.getFileName().toString(), command)
            .redirectErrorStream(true)
            .start();
    var said = new String(tool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (tool.waitFor() != 0) {
      throw new IOException(command + ": " + said);
    }
    return said;
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
