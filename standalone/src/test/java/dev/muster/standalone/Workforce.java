package dev.muster.standalone;

import dev.muster.client.Retry;
import dev.muster.client.runtime.CommandRuntime;
import dev.muster.client.runtime.RuntimeOptions;
import dev.muster.standalone.guarantee.Guarantees;
import dev.muster.standalone.guarantee.Seen;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Reference runtimes at work, one for each daemon, with a real process for each task. The
/// processes write into a ledger when they begin and when they end, so that what was run is known
/// from what ran, not from who says so.
final class Workforce implements Crew {
  private static final String COMMAND =
      """
      cat >/dev/null
      echo "begin $MUSTER_TASK_ID $MUSTER_CLAIM_GENERATION $$" >>"$LEDGER"
      echo done
      echo "end $MUSTER_TASK_ID $MUSTER_CLAIM_GENERATION $$" >>"$LEDGER"
      """;

  private final List<CommandRuntime> runtimes = new ArrayList<>();
  private final List<Path> ledgers = new ArrayList<>();
  private final List<String> refusals = new CopyOnWriteArrayList<>();
  private final Guarantees guarantees;

  /// @param apis where to call: each runtime has one, and waits for it when it is away
  Workforce(List<Api> apis, Load.Post post, Path directory) {
    this.guarantees = post.guarantees();
    try {
      for (var daemon = 0; daemon < post.runtimes().size(); daemon++) {
        var home = Files.createDirectories(directory.resolve("dm" + daemon));
        var ledger = Files.createFile(home.resolve("ledger"));
        ledgers.add(ledger);
        var runtime =
            CommandRuntime.start(
                new RuntimeOptions(
                    new RuntimeOptions.Server(
                        URI.create(apis.get(daemon % apis.size()).url()), TestMuster.OWNER_TOKEN),
                    post.workspace().toString(),
                    new RuntimeOptions.Identity("dm" + daemon, "claude", Map.of(), post.slots()),
                    "LEDGER='" + ledger + "'\n" + COMMAND,
                    home.resolve("work"),
                    RuntimeOptions.Keep.standard(),
                    pace(daemon)),
                this::hear);
        runtimes.add(runtime);
        if (!UUID.fromString(runtime.id()).equals(post.runtimes().get(daemon))) {
          throw new IllegalStateException("dm" + daemon + " is another runtime than it was");
        }
      }
    } catch (IOException e) {
      close();
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      close();
      throw new IllegalStateException("interrupted", e);
    }
  }

  private static RuntimeOptions.Pace pace(int daemon) {
    return new RuntimeOptions.Pace(
        Duration.ofSeconds(5),
        Duration.ofMillis(100),
        Duration.ofSeconds(1),
        Duration.ofSeconds(5),
        Duration.ofSeconds(5),
        new Retry(Duration.ofMillis(50), Duration.ofSeconds(1), new SplittableRandom(daemon)));
  }

  private void hear(String line) {
    if (line.contains("  refused ")) {
      refusals.add(line);
    }
  }

  /// A line of a ledger: a process of a task's run has begun or ended.
  private record Entry(String what, UUID task, long generation, String process, UUID runtime) {
    static Entry of(String line, UUID runtime) {
      var words = line.split(" ", -1);
      return new Entry(
          words[0], UUID.fromString(words[1]), Long.parseLong(words[2]), words[3], runtime);
    }

    String claim() {
      return task + " " + generation;
    }
  }

  private Stream<Entry> entries(String what) {
    var entries = new ArrayList<Entry>();
    for (var i = 0; i < ledgers.size(); i++) {
      var runtime = UUID.fromString(runtimes.get(i).id());
      try {
        Files.readAllLines(ledgers.get(i)).forEach(line -> entries.add(Entry.of(line, runtime)));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return entries.stream().filter(entry -> entry.what().equals(what));
  }

  @Override
  public int completed() {
    return (int) entries("end").map(Entry::task).distinct().count();
  }

  /// A claim whose answer was lost is asked for again by its runtime, under the same key, so there
  /// is nothing that would have to be handed out before its time.
  @Override
  public boolean holds(UUID task) {
    return true;
  }

  @Override
  public List<String> refusals() {
    var all = new ArrayList<>(refusals);
    runtimes.forEach(runtime -> runtime.loss().ifPresent(all::add));
    return all;
  }

  /// The runs that came to their end, as task and generation.
  Set<String> ended() {
    return entries("end").map(Entry::claim).collect(Collectors.toSet());
  }

  /// Tells the guarantees what was run: each process of its own, so that a run that was begun twice
  /// is two.
  void tellWhatRan() {
    entries("begin")
        .forEach(entry ->
            guarantees.saw(
                Seen.What.STARTED,
                new Seen.Claim(
                    entry.task(), entry.generation(), entry.runtime(), entry.process())));
  }

  @Override
  public void close() {
    runtimes.parallelStream().forEach(CommandRuntime::close);
  }
}
