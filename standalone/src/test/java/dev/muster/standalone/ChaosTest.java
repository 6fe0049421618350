package dev.muster.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.events.EventType;
import dev.muster.standalone.guarantee.TaskFact;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Every kind of server is killed while reference runtimes run a process for each task, again and
/// again, in any order.
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
        var load =
            new Load(
                cluster.clients(),
                cluster.servers(),
                size,
                Chore.TASK,
                post -> new Workforce(cluster.clients(), post, directory.resolve("runtimes")))) {
      for (var round = 0; round < size.rounds(); round++) {
        for (var victim : cluster.oneOfEach(random)) {
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

      check(load, (long) share * size.rounds() * KINDS);
    }
  }

  private static void check(Load load, long made) {
    var workforce = (Workforce) load.crew();
    workforce.tellWhatRan();
    var facts =
        load.checkedEvents().stream()
            .filter(event -> event.type().isTask())
            .map(TaskFact::of)
            .toList();
    assertThat(facts).noneMatch(fact -> fact.type() == EventType.TASK_FAILED);
    assertThat(facts)
        .filteredOn(fact -> fact.type() == EventType.TASK_COMPLETED)
        .hasSizeGreaterThanOrEqualTo((int) made)
        .allMatch(
            fact -> workforce.ended().contains(fact.task() + " " + fact.generation()),
            "its command has come to its end under that claim");
  }
}
