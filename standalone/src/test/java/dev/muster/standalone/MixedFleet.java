package dev.muster.standalone;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// Daemons of every kind at work beside each other: Multica's of 2026-03, Multica's of 2026-08 and
/// the reference runtime, in turn.
final class MixedFleet implements Crew {
  private final List<UUID> runtimes;
  private final List<Member> members = new ArrayList<>();
  // Owned by the thread of the test.
  private int ended;
  private final List<ReferenceWorker> references = new ArrayList<>();

  /// One of the daemons. It can be killed, and comes back as the same daemon.
  interface Member extends Part, AutoCloseable {
    /// Whether it has the task in hand, or may have it.
    boolean holds(UUID task);

    /// How many distinct tasks it was told that they are completed.
    int completed();

    /// As [Crew#refusals].
    List<String> refusals();

    /// Ends all there is of it.
    @Override
    void close();
  }

  /// The ways to the server.
  ///
  /// @param calls where every call goes
  /// @param sockets where sockets are opened, one api for each; the next daemon has the next
  record Ways(Api calls, List<Api> sockets) {}

  MixedFleet(Ways ways, Load.Post post, Path directory, long seed) {
    runtimes = post.runtimes();
    try {
      for (var number = 0; number < post.runtimes().size(); number++) {
        members.add(
            switch (number % 3) {
              case 0 -> new SeedWorker(ways.calls(), post, number, seed);
              case 1 -> new TodayWorker(ways, post, number, seed);
              default -> reference(ways, post, number, directory);
            });
      }
      for (var member : members) {
        member.start();
      }
    } catch (IOException e) {
      close();
      throw new UncheckedIOException(e);
    }
  }

  private ReferenceWorker reference(Ways ways, Load.Post post, int number, Path directory)
      throws IOException {
    var home = Files.createDirectories(directory.resolve("dm" + number));
    var reference = new ReferenceWorker(ways.calls(), post, number, home);
    references.add(reference);
    return reference;
  }

  /// Whether the daemon of that number takes what Multica's of 2026-08 knows.
  static boolean isToday(int number) {
    return number % 3 == 1;
  }

  /// The next one that is to end: each in turn, and so one kind after the other.
  Member next() {
    return members.get(ended++ % members.size());
  }

  @Override
  public int completed() {
    return members.stream().mapToInt(Member::completed).sum();
  }

  @Override
  public boolean holds(UUID task) {
    return members.stream().anyMatch(member -> member.holds(task));
  }

  @Override
  public List<String> refusals() {
    return members.stream().flatMap(member -> member.refusals().stream()).toList();
  }

  /// Tells the guarantees what the reference runtimes ran.
  void tellWhatRan() {
    references.forEach(ReferenceWorker::tellWhatRan);
  }

  /// The runs of reference runtimes that came to their end, as task and generation.
  Set<String> ended() {
    return references.stream()
        .flatMap(reference -> reference.ledger().ended())
        .map(Ledger.Entry::claim)
        .collect(Collectors.toSet());
  }

  /// What the server knows the reference runtimes by.
  Set<UUID> references() {
    return references.stream().map(ReferenceWorker::runtime).collect(Collectors.toSet());
  }

  /// What the server knows the daemons of 2026-03 by, whose reports name no claim.
  Set<UUID> nameless() {
    return IntStream.range(0, runtimes.size())
        .filter(number -> number % 3 == 0)
        .mapToObj(runtimes::get)
        .collect(Collectors.toSet());
  }

  @Override
  public void close() {
    members.forEach(Member::close);
  }
}
