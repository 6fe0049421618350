package dev.muster.standalone;

import com.sun.management.UnixOperatingSystemMXBean;
import dev.muster.api.server.Headroom;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Looks every second how much is left of disk and files, tells the api, and ends the process in
/// order before it would end in disorder.
final class ReserveWatch implements Runnable, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(ReserveWatch.class);
  private static final Duration EVERY = Duration.ofSeconds(1);

  private final Reserve reserve;
  private final Path directory;
  private final Headroom headroom;
  private final Stop stop;
  private final Thread thread;
  private boolean wasShort;

  private ReserveWatch(Reserve reserve, Path directory, Headroom headroom, Stop stop) {
    this.reserve = reserve;
    this.directory = directory;
    this.headroom = headroom;
    this.stop = stop;
    this.thread = Thread.ofPlatform().name("muster-reserve").daemon().unstarted(this);
  }

  /// Watches from now on.
  static ReserveWatch start(Reserve reserve, Path directory, Headroom headroom, Stop stop) {
    var watch = new ReserveWatch(reserve, directory, headroom, stop);
    watch.thread.start();
    return watch;
  }

  /// Finds out before anything is started whether there is enough to start at all.
  ///
  /// @throws Sentence if there is not
  static void requireEnough(Reserve reserve, Path directory) throws IOException {
    var left = left(directory);
    reserve
        .judge(left)
        .end()
        .ifPresent(end -> {
          throw new Sentence(
              "The disk of %s is nearly full (%d MB are left); make room and start again."
                  .formatted(directory, left.diskLeft() >> 20));
        });
    if (left.filesMax() < Reserve.FILES_LEAST) {
      throw new Sentence(
          "This process may open %d files, and Muster needs %d; raise the limit with ulimit -n."
              .formatted(left.filesMax(), Reserve.FILES_LEAST));
    }
  }

  /// As many connections as there may be, so that those of clients leave files for the servers.
  static int connectionsMax(int wanted) {
    return (int) Math.min(wanted, filesMax() - Reserve.FILES_LEAST / 2);
  }

  private static Reserve.Left left(Path directory) throws IOException {
    var disk = Files.getFileStore(directory).getUsableSpace();
    return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
        ? new Reserve.Left(disk, unix.getOpenFileDescriptorCount(), filesMax())
        : new Reserve.Left(disk, 0, filesMax());
  }

  private static long filesMax() {
    return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
        ? unix.getMaxFileDescriptorCount()
        : Long.MAX_VALUE;
  }

  @Override
  public void run() {
    try {
      while (!thread.isInterrupted()) {
        look();
        Thread.sleep(EVERY);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void look() {
    try {
      var verdict = reserve.judge(left(directory));
      tell(verdict.shortage());
      verdict.end().ifPresent(stop::fail);
    } catch (IOException e) {
      log.atWarn().setCause(e).log("How much room is left cannot be found out");
    }
  }

  private void tell(Optional<String> shortage) {
    headroom.tell(shortage);
    if (shortage.isPresent() != wasShort) {
      wasShort = shortage.isPresent();
      log.atWarn()
          .log(shortage.map("No more work is taken: "::concat).orElse("There is room again"));
    }
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
