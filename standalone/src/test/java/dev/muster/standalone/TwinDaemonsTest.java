package dev.muster.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.muster.standalone.demo.DaemonObserver;
import dev.muster.standalone.demo.DaemonOptions;
import dev.muster.standalone.demo.SeedDaemon;
import dev.muster.standalone.fault.FaultProxy;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// Two of the seed's daemons, at their own pace, live under one identity, behind a balancer that
/// gives their calls to two apis in turns.
@Tag("faults")
class TwinDaemonsTest {
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  private final TestWorkspace at = TestWorkspace.make();

  /// What the server said to a daemon.
  private static final class Told implements DaemonObserver {
    private final AtomicInteger beats = new AtomicInteger();
    private final AtomicInteger refusedBeats = new AtomicInteger();
    private final AtomicInteger refusedClaims = new AtomicInteger();

    @Override
    public void called(Call call) {
      if (call.path().endsWith("/heartbeat")) {
        (call.status() == 409 ? refusedBeats : beats).incrementAndGet();
      } else if (call.path().endsWith("/claim")) {
        refusedClaims.addAndGet(call.status() == 409 ? 1 : 0);
      }
    }
  }

  private static SeedDaemon daemon(FaultProxy balancer, TestWorkspace at, Told told)
      throws InterruptedException {
    return SeedDaemon.start(
        new DaemonOptions(
            URI.create(balancer.url()),
            TestMuster.OWNER_TOKEN,
            List.of(at.id().toString()),
            new DaemonOptions.Machine(
                "dm-twin", "dev1", List.of(new DaemonOptions.Provider("claude", "2.1.0"))),
            DaemonOptions.Pace.DEFAULT,
            List.of()),
        SeedRig.SUCCEEDS,
        told);
  }

  @Test
  void neitherIsGivenWorkUntilOneOfThemHasGone() throws Exception {
    var first = new Told();
    var second = new Told();
    UUID task;
    var servers = TestServers.get();
    try (var other =
            Applications.api(
                servers.jdbcUrl(), servers.kafka(), TestMuster.OWNER_TOKEN, "--server.port=0");
        var balancer =
            FaultProxy.balancing(
                List.of(at.muster().url(), "http://localhost:" + Applications.port(other)));
        var stays = daemon(balancer, at, first)) {
      await().atMost(PATIENCE).until(() -> first.beats.get() >= 3);
      var goes = daemon(balancer, at, second);
      try {
        await()
            .atMost(PATIENCE)
            .until(() -> first.refusedClaims.get() > 0 && second.refusedClaims.get() > 0);
        var runtime = UUID.fromString(stays.runtimes().getFirst().id());
        task = at.newTask(at.newAgent(runtime, ""), "");
        await()
            .atMost(PATIENCE)
            .until(() -> first.refusedBeats.get() > 0 && second.refusedBeats.get() > 0);
        assertThat(at.api().status(task)).isEqualTo("queued");
      } finally {
        goes.kill();
      }
      var waiting = task;
      await().atMost(PATIENCE).until(() -> at.api().status(waiting).equals("completed"));
    }
    at.muster().feed().complete(at.muster(), at.id());
    assertThat(at.count("runtime.conflict")).isEqualTo(1);
  }
}
