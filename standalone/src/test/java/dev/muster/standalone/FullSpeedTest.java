package dev.muster.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.muster.events.id.WorkspaceId;
import dev.muster.standalone.guarantee.Guarantees;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// Many tasks at once, as fast as the machine allows: each runs once, and the feed tells all of it.
class FullSpeedTest {
  private static final int ISSUES = Integer.getInteger("muster.test.issues", 600);
  private static final int RUNTIMES = 8;
  private static final int CREATORS = 16;

  private final TestMuster muster = TestMuster.get();
  private final Api api = muster.api();

  @Test
  void manyIssuesOverEightRuntimesRunOnceEachAndAreAllTold() {
    var workspace = api.newWorkspace();
    var runtimes =
        IntStream.range(0, RUNTIMES)
            .mapToObj(i -> api.newRuntime(workspace, "dm" + i, "claude", 4))
            .toList();
    var agents = runtimes.stream().map(runtime -> api.newAgent(workspace, runtime, 4)).toList();

    var guarantees = new Guarantees();
    var begin = System.nanoTime();
    try (var fleet = new Fleet(List.of(api), runtimes, 4, guarantees)) {
      createIssues(workspace, agents);
      var created = System.nanoTime();
      await().atMost(Duration.ofMinutes(3)).until(() -> fleet.completed() >= ISSUES);
      var seconds = (System.nanoTime() - begin) / 1e9;
      System.out.printf(
          "%d lifecycles in %.1f s: %.0f a second (all created after %.1f s)%n",
          ISSUES, seconds, ISSUES / seconds, (created - begin) / 1e9);
      assertThat(fleet.refusals()).isEmpty();
    }

    var events = muster.feed().complete(muster, workspace);
    guarantees.check(new WorkspaceId(workspace), events);
    var stories =
        events.stream()
            .filter(e -> e.type().isTask())
            .collect(
                java.util.stream.Collectors.groupingBy(
                    dev.muster.events.Event::subject,
                    java.util.stream.Collectors.mapping(
                        e -> e.type().wire(), java.util.stream.Collectors.joining(" "))));
    assertThat(stories).hasSize(ISSUES);
    assertThat(stories.values())
        .containsOnly("task.queued task.assigned task.dispatched task.running task.completed");
  }

  private void createIssues(UUID workspace, List<UUID> agents) {
    try (var creators = Executors.newFixedThreadPool(CREATORS, Thread.ofVirtual().factory())) {
      for (var i = 0; i < ISSUES; i++) {
        var agent = agents.get(i % agents.size());
        creators.execute(() -> api.newIssue(workspace, agent));
      }
    }
  }
}
