package dev.muster.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Every kind of process is killed while all of them work, again and again, in any order.
@Tag("faults")
class ChaosTest {
  private static final int KINDS = 4;

  private @TempDir Path directory = Path.of("");

  @Test
  void whateverIsKilledEveryTaskEndsOnceAndTheFeedTellsAllOfIt() throws Exception {
    var random = Seed.random(ChaosTest.class);
    var size = FaultSize.get();
    var share = size.tasks() / (size.rounds() * KINDS);
    try (var cluster = Cluster.start(directory, 2, 2);
        var load = new Load(cluster.clients(), cluster.clients(), cluster.servers(), size)) {
      for (var round = 0; round < size.rounds(); round++) {
        for (var victim : victims(cluster, random)) {
          load.make(
              share,
              1 + random.nextInt(share / 2),
              () -> {
                victim.kill();
                victim.start();
              });
        }
      }
      load.awaitEnds();

      assertThat(load.check())
          .containsOnlyKeys("task.completed")
          .hasEntrySatisfying(
              "task.completed",
              done ->
                  assertThat(done).isGreaterThanOrEqualTo((long) share * size.rounds() * KINDS));
    }
  }

  /// One of each kind, in a random order.
  private static List<Part> victims(Cluster cluster, RandomGenerator random) {
    var ordered =
        new ArrayList<>(
            List.of(
                cluster.database(),
                cluster.broker(),
                any(cluster.apis(), random),
                any(cluster.dispatchers(), random)));
    var victims = new ArrayList<Part>();
    while (!ordered.isEmpty()) {
      victims.add(ordered.remove(random.nextInt(ordered.size())));
    }
    return victims;
  }

  private static Part any(List<Part> parts, RandomGenerator random) {
    return parts.get(random.nextInt(parts.size()));
  }
}
