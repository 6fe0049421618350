package dev.muster.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/// The processor time of an embedded Postgres: its postmaster, what that has started, and what of
/// that has ended. Read from `/proc`.
final class PostgresTime {
  /// Linux counts in hundredths of a second, on all machines it runs Java on.
  private static final double TICKS_PER_SECOND = 100;

  private final ProcessHandle postmaster;

  /// @param data of a Muster with embedded servers
  PostgresTime(Path data) throws IOException {
    var pid = Files.readAllLines(data.resolve("postgres/data/postmaster.pid")).getFirst().strip();
    postmaster = ProcessHandle.of(Long.parseLong(pid)).orElseThrow();
  }

  interface Work {
    void run() throws InterruptedException;
  }

  /// How many cores the work kept busy on average.
  ///
  /// @param takes as long as the work does
  double over(Duration takes, Work work) throws InterruptedException, IOException {
    var before = seconds();
    work.run();
    return (seconds() - before) * 1e9 / takes.toNanos();
  }

  private double seconds() throws IOException {
    var ticks = ticks(postmaster.pid(), true);
    for (var child : postmaster.children().toList()) {
      ticks += ticks(child.pid(), false);
    }
    return ticks / TICKS_PER_SECOND;
  }

  private static long ticks(long pid, boolean withEnded) throws IOException {
    var file = Path.of("/proc", Long.toString(pid), "stat");
    if (!Files.exists(file)) {
      return 0;
    }
    var stat = Files.readString(file, StandardCharsets.ISO_8859_1);
    var fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
    var own = Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
    return withEnded ? own + Long.parseLong(fields[13]) + Long.parseLong(fields[14]) : own;
  }
}
