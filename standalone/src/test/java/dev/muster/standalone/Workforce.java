package dev.muster.standalone;

import dev.muster.client.Retry;
import dev.muster.client.runtime.CommandRuntime;
import dev.muster.client.runtime.RuntimeOptions;
import dev.muster.standalone.guarantee.Guarantees;
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

/// Reference runtimes at work, one for each daemon, with a real process for each task, and a
/// [Ledger] of what ran.
final class Workforce implements Crew {
  private static final String COMMAND =
      "cat >/dev/null\n" + Ledger.BEGIN + "echo done\n" + Ledger.END;

  private final List<CommandRuntime> runtimes = new ArrayList<>();
  private final List<Ledger> ledgers = new ArrayList<>();
  private final List<String> refusals = new CopyOnWriteArrayList<>();
  private final Guarantees guarantees;

  /// @param apis where to call: each runtime has one, and waits for it when it is away
  Workforce(List<Api> apis, Load.Post post, Path directory) {
    this.guarantees = post.guarantees();
    try {
      for (var daemon = 0; daemon < post.runtimes().size(); daemon++) {
        var home = Files.createDirectories(directory.resolve("dm" + daemon));
        var ledger = Ledger.create(home);
        ledgers.add(ledger);
        var runtime =
            CommandRuntime.start(
                new RuntimeOptions(
                    new RuntimeOptions.Server(
                        URI.create(apis.get(daemon % apis.size()).url()), TestMuster.OWNER_TOKEN),
                    post.workspace().toString(),
                    new RuntimeOptions.Identity("dm" + daemon, "claude", Map.of(), post.slots()),
                    ledger.command(COMMAND),
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

  @Override
  public int completed() {
    return (int) ledgers.stream().flatMap(Ledger::ended).map(Ledger.Entry::task).distinct().count();
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
    return ledgers.stream()
        .flatMap(Ledger::ended)
        .map(Ledger.Entry::claim)
        .collect(Collectors.toSet());
  }

  void tellWhatRan() {
    for (var i = 0; i < ledgers.size(); i++) {
      ledgers.get(i).tellWhatRan(guarantees, UUID.fromString(runtimes.get(i).id()));
    }
  }

  @Override
  public void close() {
    runtimes.parallelStream().forEach(CommandRuntime::close);
  }
}
