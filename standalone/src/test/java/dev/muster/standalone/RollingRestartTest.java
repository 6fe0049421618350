package dev.muster.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A new version is rolled out while everybody works: the processes are restarted in turn, in
/// order.
@Tag("faults")
class RollingRestartTest {
  private @TempDir Path directory = Path.of("");

  @Test
  void restartedInTurnNothingThatWasAnsweredIsLostAndNobodyIsRefused() throws Exception {
    var random = Seed.random(RollingRestartTest.class);
    var size = FaultSize.get();
    try (var cluster = Cluster.start(directory, 2, 2);
        var load = new Load(cluster.clients(), cluster.clients(), cluster.servers(), size)) {
      var parts = new ArrayList<>(cluster.dispatchers());
      parts.addAll(cluster.apis());
      var share = size.tasks() / parts.size();
      for (var part : parts) {
        load.make(
            share,
            1 + random.nextInt(share / 2),
            () -> {
              part.stop();
              part.start();
            });
      }
      load.awaitEnds();

      assertThat(load.check())
          .containsOnlyKeys("task.completed")
          .hasEntrySatisfying(
              "task.completed",
              done -> assertThat(done).isGreaterThanOrEqualTo((long) share * parts.size()));
    }
  }
}
