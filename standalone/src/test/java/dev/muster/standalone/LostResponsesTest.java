package dev.muster.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.muster.standalone.fault.Fate;
import dev.muster.standalone.fault.FaultProxy;
import dev.muster.standalone.fault.Rule;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/// What goes between the runtimes and the api gets lost, comes twice, comes late.
@Tag("faults")
class LostResponsesTest {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final String CALLS = "POST /api/daemon/.*(claim|start|complete|heartbeat)$";
  private static final double OFTEN = 0.2;
  private static final double SOMETIMES = 0.1;

  private final TestMuster muster = TestMuster.get();
  private final FaultSize size = FaultSize.get();

  @Test
  void whenEveryFifthAnswerIsLostEveryTaskIsCompletedOnce() throws Exception {
    var seed = Seed.of(LostResponsesTest.class);
    try (var proxy =
            FaultProxy.start(
                muster.url(), List.of(Rule.sometimes(CALLS, Fate.ANSWER_LOST, OFTEN, seed)));
        var load = loadBehind(proxy)) {
      load.make(size.tasks());
      awaitEnds(load, proxy);

      assertThat(proxy.fates().get(Fate.ANSWER_LOST)).isGreaterThan(size.tasks() / 4);
      assertThat(load.check())
          .containsOnlyKeys("task.completed")
          .containsValue((long) size.tasks());
    }
  }

  @Test
  void whatIsLostOnItsWayComesTwiceOrComesLateChangesNothingElse() throws Exception {
    var seed = Seed.of(LostResponsesTest.class);
    try (var proxy =
            FaultProxy.start(
                muster.url(),
                List.of(
                    Rule.sometimes(CALLS, Fate.REQUEST_LOST, SOMETIMES, seed),
                    Rule.sometimes(CALLS, Fate.SENT_TWICE, SOMETIMES, seed + 1),
                    Rule.sometimes(CALLS, Fate.LATE, SOMETIMES, seed + 2)));
        var load = loadBehind(proxy)) {
      load.make(size.tasks());
      awaitEnds(load, proxy);

      assertThat(proxy.fates()).containsKeys(Fate.REQUEST_LOST, Fate.SENT_TWICE, Fate.LATE);
      assertThat(load.check())
          .containsOnlyKeys("task.completed")
          .containsValue((long) size.tasks());
    }
  }

  private Load loadBehind(FaultProxy proxy) {
    var api = muster.api();
    return new Load(
        List.of(api), List.of(new Api(proxy.url(), api.token())), TestServers.get(), size);
  }

  /// Moves the clock's hand for the claims whose answers the proxy dropped, and for no others: what
  /// waits for any other reason waits in vain.
  private static void awaitEnds(Load load, FaultProxy proxy) {
    var lost = new HashSet<UUID>();
    await()
        .atMost(Duration.ofMinutes(4))
        .pollInterval(Duration.ofMillis(200))
        .until(() -> {
          assertThat(load.crew().refusals()).isEmpty();
          proxy.takeLost().forEach(answer -> addTask(lost, answer));
          load.deliverAgain(
              Duration.ofSeconds(2), task -> lost.contains(task) && !load.crew().holds(task));
          return load.open().isEmpty();
        });
  }

  private static void addTask(Set<UUID> lost, FaultProxy.Lost answer) {
    if (answer.call().endsWith("/claim") && answer.status() == 200) {
      var task = JSON.readTree(answer.body()).path("task");
      if (task.isObject()) {
        lost.add(Api.id(task));
      }
    }
  }
}
