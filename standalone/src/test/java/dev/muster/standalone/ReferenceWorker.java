package dev.muster.standalone;

import dev.muster.standalone.guarantee.Guarantees;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;

/// A reference runtime at work in a [MixedFleet]: a process of its own, with a process for each
/// task and a [Ledger] of what ran.
final class ReferenceWorker implements MixedFleet.Member {
  private static final String COMMAND =
      "read -r title; cat >/dev/null\n"
          + Ledger.BEGIN
          + "sleep 0.05\n"
          + "case \"$title\" in \"%s\") echo '%s' >&2; exit 1;; esac\n"
              .formatted(Plan.FAILS.title(), Plan.ERROR)
          + "echo \"done $MUSTER_CLAIM_GENERATION\"\n"
          + Ledger.END;

  private final UUID runtime;
  private final Guarantees guarantees;
  private final Ledger ledger;
  private final Path log;
  private final JavaPart process;

  ReferenceWorker(Api server, Load.Post post, int number, Path home) throws IOException {
    this.runtime = post.runtimes().get(number);
    this.guarantees = post.guarantees();
    this.ledger = Ledger.create(home);
    this.log = Files.createFile(home.resolve("log"));
    this.process =
        new JavaPart(
            new JavaPart.Command(
                Cluster.SMALL_JVM,
                List.of(
                    Main.class.getName(),
                    "runtime",
                    "--server=" + server.url(),
                    "--workspace=" + post.workspace(),
                    "--daemon-id=dm" + number,
                    "--provider=claude",
                    "--slots=" + post.slots(),
                    "--work=" + home.resolve("work"),
                    "--command=" + ledger.command(COMMAND)),
                Map.of("MUSTER_TOKEN", server.token())),
            log,
            () -> true);
  }

  UUID runtime() {
    return runtime;
  }

  Ledger ledger() {
    return ledger;
  }

  void tellWhatRan() {
    ledger.tellWhatRan(guarantees, runtime);
  }

  private Stream<String> said() {
    try {
      return Files.readAllLines(log).stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// It asks for a lost answer again, and its heartbeats say what it runs: nothing of it needs to
  /// be given up before its time.
  @Override
  public boolean holds(UUID task) {
    var name = task.toString().substring(0, 8);
    return said().anyMatch(line -> line.startsWith(name));
  }

  @Override
  public int completed() {
    return (int) ledger.ended().map(Ledger.Entry::task).distinct().count();
  }

  @Override
  public List<String> refusals() {
    return said().filter(line -> line.contains("  refused ")).toList();
  }

  @Override
  public void start() throws IOException {
    process.start();
  }

  @Override
  public void kill() {
    process.kill();
  }

  @Override
  public void stop() {
    process.stop();
  }

  @Override
  public void close() {
    kill();
  }
}
