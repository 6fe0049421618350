package dev.muster.standalone;

import dev.muster.standalone.guarantee.Guarantees;
import dev.muster.standalone.guarantee.Seen;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import java.util.stream.Stream;

/// What the processes of a reference runtime's tasks write when they begin and when they end, so
/// that what was run is known from what ran, not from who says so.
record Ledger(Path file) {
  /// A line of shell that notes the beginning.
  static final String BEGIN = line("begin");

  /// A line of shell that notes the end.
  static final String END = line("end");

  private static String line(String what) {
    return "echo \"" + what + " $MUSTER_TASK_ID $MUSTER_CLAIM_GENERATION $$\" >>\"$LEDGER\"\n";
  }

  /// An empty one.
  static Ledger create(Path directory) throws IOException {
    return new Ledger(Files.createFile(directory.resolve("ledger")));
  }

  /// The lines of shell, and before them where the ledger is.
  String command(String lines) {
    return "LEDGER='" + file + "'\n" + lines;
  }

  /// A process of a task's run has begun or ended.
  record Entry(String what, UUID task, long generation, String process) {
    private static Entry of(String line) {
      var words = line.split(" ", -1);
      return new Entry(words[0], UUID.fromString(words[1]), Long.parseLong(words[2]), words[3]);
    }

    String claim() {
      return task + " " + generation;
    }
  }

  private Stream<Entry> entries(String what) {
    try {
      return Files.readAllLines(file).stream()
          .map(Entry::of)
          .filter(entry -> entry.what().equals(what));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// The runs that came to their end.
  Stream<Entry> ended() {
    return entries("end");
  }

  /// Tells the guarantees what was run: each process of its own, so that a run that was begun twice
  /// is two.
  void tellWhatRan(Guarantees guarantees, UUID runtime) {
    entries("begin")
        .forEach(entry ->
            guarantees.saw(
                Seen.What.STARTED,
                new Seen.Claim(entry.task(), entry.generation(), runtime, entry.process())));
  }
}
