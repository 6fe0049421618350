package dev.muster.client.runtime;

import dev.muster.client.Answer;
import dev.muster.client.MusterClient;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Removes directories of tasks that are over when they are old, or when all of them together are
/// too large, the oldest first.
///
/// Whether a task is over the server says. One that has failed may be redriven, and goes on where
/// it was: its directory stays until it has ended otherwise, or is forgotten.
final class OldWork implements Runnable {
  private static final Logger log = LoggerFactory.getLogger(OldWork.class);
  private static final Duration EVERY = Duration.ofMinutes(10);
  private static final Set<String> OVER = Set.of("completed", "cancelled");

  private final RuntimeOptions.Keep keep;
  private final MusterClient client;
  private final WorkDirectory directory;
  private final Predicate<String> runsHere;
  private final InstantSource clock;
  private final Consumer<String> out;

  /// @param runsHere whether a task runs here
  /// @param out is told what was removed, for people
  OldWork(
      RuntimeOptions.Keep keep,
      MusterClient client,
      WorkDirectory directory,
      Predicate<String> runsHere,
      InstantSource clock,
      Consumer<String> out) {
    this.keep = keep;
    this.client = client;
    this.directory = directory;
    this.runsHere = runsHere;
    this.clock = clock;
    this.out = out;
  }

  @Override
  public void run() {
    try {
      while (true) {
        try {
          removeWhatIsOld();
        } catch (IOException e) {
          log.atWarn().setCause(e).log("Old work could not be looked through");
        }
        Thread.sleep(EVERY);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// Looks through all directories once. Returns how many were removed.
  int removeWhatIsOld() throws IOException, InterruptedException {
    directory.emptyTrash();
    var kept = directory.kept();
    var bytes = kept.stream().mapToLong(WorkDirectory.Kept::bytes).sum();
    var oldest = clock.instant().minus(keep.age());
    var removed = 0;
    for (var work :
        kept.stream().sorted(Comparator.comparing(WorkDirectory.Kept::lastUsed)).toList()) {
      var isOld = work.lastUsed().isBefore(oldest);
      if ((isOld || bytes > keep.bytes()) && isOver(work.task()) && directory.remove(work)) {
        bytes -= work.bytes();
        removed++;
        out.accept(
            "removed   %s, %d MB, %s"
                .formatted(work.name(), work.bytes() >> 20, isOld ? "old" : "there was too much"));
      }
    }
    return removed;
  }

  /// A task whose end was asked for reads as cancelled while it still runs here.
  private boolean isOver(String task) throws InterruptedException {
    if (runsHere.test(task)) {
      return false;
    }
    return switch (client.status(task)) {
      case Answer.Accepted<String>(var status) -> OVER.contains(status);
      case Answer.Refused<String> refused -> refused.isNotFound();
      case Answer.NoAnswer<String> _, Answer.Late<String> _, Answer.Fenced<String> _ -> false;
    };
  }
}
