package dev.muster.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;

/// The processor time of an embedded Postgres: its postmaster, what that has started, and what of
/// that has ended. Read from `/proc`.
final class PostgresTime {
  /// Linux counts in hundredths of a second, on all machines it runs Java on.
  private static final double TICKS_PER_SECOND = 100;

  private static final double NANOS_PER_SECOND = 1e9;

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

  /// Seconds since Postgres began.
  double seconds() throws IOException {
    var seconds = running(postmaster) + ended(postmaster);
    for (var child : postmaster.children().toList()) {
      seconds += running(child);
    }
    return seconds;
  }

  private static double running(ProcessHandle process) throws IOException {
    try {
      return JvmTime.nanos(directory(process)) / NANOS_PER_SECOND;
    } catch (NoSuchFileException e) {
      // It has ended.
      return 0;
    }
  }

  /// What of the process' children has ended.
  private static double ended(ProcessHandle process) throws IOException {
    var stat = Files.readString(directory(process).resolve("stat"), StandardCharsets.ISO_8859_1);
    var fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
    return (Long.parseLong(fields[13]) + Long.parseLong(fields[14])) / TICKS_PER_SECOND;
  }

  private static Path directory(ProcessHandle process) {
    return Path.of("/proc", Long.toString(process.pid()));
  }
}
