package dev.muster.events.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.muster.events.feed.FeedAudit.Broken;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Two processes relay and publish what many writers commit. All the while one of them is killed,
/// or stands still until another has its place, and the broker goes away and comes back.
///
/// `-Dmuster.test.commits=50000 -Dmuster.test.kills=50 -Dmuster.test.restarts=3` is the full size;
/// `-Dmuster.test.unfenced=true` takes the guard away.
@Tag("faults")
class ExactnessTest {
  private static final int COMMITS = Integer.getInteger("muster.test.commits", 3_000);
  private static final int KILLS = Integer.getInteger("muster.test.kills", 4);
  private static final int RESTARTS = Integer.getInteger("muster.test.restarts", 1);
  private static final Duration AT_MOST = Duration.ofMinutes(3);

  private final long seed = Long.getLong("muster.test.seed", System.nanoTime());
  private final Random random = new Random(seed);

  @Test
  void whatIsCommittedIsToldOnceAndInOrderThroughKillsZombiesAndRestarts() throws Exception {
    System.out.println("ExactnessTest seed " + seed);
    try (var rig = FeedRig.start()) {
      var work = new HotTasks(rig);
      var processes = new ArrayList<FeedProcess>();
      try {
        processes.add(FeedProcess.start(rig, "feed-0"));
        processes.add(FeedProcess.start(rig, "feed-1"));
        disturbWhileWriting(rig, work, processes);
        awaitAll(rig, work);
      } finally {
        for (var process : processes) {
          process.close();
        }
      }

      var audit = FeedAudit.read(rig.kafka());
      var broken = audit.broken(work.expected());
      System.out.printf(
          "%d commits, %d events told; %s%n", work.committed(), audit.events(), broken);
      assertThat(broken).isEqualTo(Broken.NEVER);
      assertThat(work.committed()).isGreaterThanOrEqualTo(COMMITS);
    }
  }

  /// The writers go on until all of it has happened to the processes.
  private void disturbWhileWriting(FeedRig rig, HotTasks work, List<FeedProcess> processes)
      throws Exception {
    var isDisturbed = new AtomicBoolean();
    try (var thread = Executors.newSingleThreadExecutor()) {
      var writing =
          thread.submit(() -> {
            work.change(seed, "", isDisturbed::get);
            return null;
          });
      try {
        disturb(rig, work, processes);
      } finally {
        isDisturbed.set(true);
      }
      writing.get(AT_MOST.toSeconds(), TimeUnit.SECONDS);
    }
  }

  private void disturb(FeedRig rig, HotTasks work, List<FeedProcess> processes) throws Exception {
    for (var kill = 1; kill <= KILLS; kill++) {
      var next = COMMITS * kill / (KILLS + 1) - random.nextInt(COMMITS / (2 * KILLS));
      await().atMost(AT_MOST).until(() -> work.committed() >= next);
      var victim = random.nextInt(processes.size());
      switch (random.nextInt(3)) {
        case 0 -> haunt(rig, processes);
        default -> replace(rig, processes, victim, kill);
      }
      if (RESTARTS * kill / KILLS > RESTARTS * (kill - 1) / KILLS) {
        rig.restartBroker();
      }
    }
    await().atMost(AT_MOST).until(() -> work.committed() >= COMMITS);
  }

  private static void replace(FeedRig rig, List<FeedProcess> processes, int victim, int number)
      throws IOException, InterruptedException {
    processes.get(victim).kill();
    processes.set(victim, FeedProcess.start(rig, "feed-" + victim + "-" + number));
  }

  /// The leader stands still and loses its place; when another has it, the old one goes on.
  private static void haunt(FeedRig rig, List<FeedProcess> processes) throws IOException {
    await().atMost(AT_MOST).until(() -> !rig.leader().isEmpty());
    var name = rig.leader();
    for (var process : processes) {
      if (process.name().equals(name)) {
        process.pause();
        rig.cutOff(name);
        await().atMost(AT_MOST).until(() -> !rig.leader().isEmpty() && !rig.leader().equals(name));
        process.resume();
      }
    }
  }

  private static void awaitAll(FeedRig rig, HotTasks work) {
    var expected = work.expected().values().stream().mapToLong(seq -> seq).sum();
    await()
        .atMost(AT_MOST)
        .pollInterval(Duration.ofMillis(500))
        .until(() -> FeedAudit.read(rig.kafka()).events() >= expected);
  }
}
