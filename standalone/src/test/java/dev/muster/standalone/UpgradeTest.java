package dev.muster.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.events.EventType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// An installation of another release is upgraded under load, one process after the other, so that
/// both releases are at work on one database and one feed.
///
/// `-Dmuster.test.before` is that release's program, the jar `standalone/target/…-exec.jar` of a
/// checkout that was built: `.ci/upgrade-check` makes it.
@Tag("full")
class UpgradeTest {
  private @TempDir Path directory = Path.of("");

  @Test
  void bothReleasesWorkSideBySideAndNothingIsLost() throws Exception {
    var before = Path.of(Objects.requireNonNull(System.getProperty("muster.test.before")));
    assertThat(Files.isRegularFile(before)).isTrue();
    var random = Seed.random(UpgradeTest.class);
    var size = FaultSize.get();
    try (var cluster = Cluster.start(directory, 2, 2, before);
        var load =
            new Load(
                cluster.clients(),
                cluster.servers(),
                size,
                Chore.TASK,
                post -> new Workforce(cluster.clients(), post, directory.resolve("runtimes")))) {
      // The first that is upgraded migrates the schema under the others.
      var parts = new ArrayList<Part>(cluster.apis());
      parts.addAll(cluster.dispatchers());
      Collections.shuffle(parts, new Random(random.nextLong()));
      var share = size.tasks() / parts.size();
      for (var part : parts) {
        load.make(share, share / 2, () -> cluster.upgrade(part));
      }
      load.awaitEnds();

      ((Workforce) load.crew()).tellWhatRan();
      assertThat(load.checkedEvents())
          .noneMatch(event -> event.type() == EventType.TASK_FAILED)
          .filteredOn(event -> event.type() == EventType.TASK_COMPLETED)
          .hasSizeGreaterThanOrEqualTo(share * parts.size());
    }
  }
}
