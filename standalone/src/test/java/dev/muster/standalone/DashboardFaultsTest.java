package dev.muster.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.muster.events.feed.Outbox;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;

/// Dashboards that are cut off, read slowly, and lose their api again and again, while things
/// happen: what each of them applied is the workspace's log, or what stands behind the snapshot
/// that it was told to take.
class DashboardFaultsTest {
  private static final int SLICE_MILLIS = 50;
  private static final Duration TO_CATCH_UP = Duration.ofMinutes(5);

  private final TestWorkspace at = TestWorkspace.make();
  private final RandomGenerator random = Seed.random(DashboardFaultsTest.class);

  /// How much there is of everything.
  ///
  /// @param filler how large each event is
  private record Size(int dashboards, int perSecond, int seconds, int restarts, int filler) {}

  @Test
  void afterDisconnectsSlowReadersAndARestartEachHasAppliedTheLog() throws Exception {
    prove(new Size(20, 200, 9, 1, 1_500));
  }

  @Test
  @Tag("faults")
  void aHundredDashboardsAtFiveHundredEventsASecondHaveAppliedTheLogAfterThreeRestarts()
      throws Exception {
    prove(new Size(100, 500, 30, 3, 100));
  }

  @Test
  @Tag("full")
  void twoHundredDashboardsAtFiveHundredEventsASecondHaveAppliedTheLogAfterThreeRestarts()
      throws Exception {
    prove(new Size(200, 500, 60, 3, 100));
  }

  private void prove(Size size) throws Exception {
    var port = Ports.free();
    var api = new Api("http://localhost:" + port, TestMuster.OWNER_TOKEN);
    var server = start(port);
    var dashboards = new ArrayList<FollowingDashboard>();
    try {
      for (var i = 0; i < size.dashboards(); i++) {
        dashboards.add(new FollowingDashboard(api, at.id(), reading(i)));
      }
      await().until(() -> dashboards.stream().allMatch(d -> d.applied().connections() > 0));
      var slices = size.seconds() * 1_000 / SLICE_MILLIS;
      var begin = System.nanoTime();
      var restarts = 0;
      for (var slice = 1; slice <= slices; slice++) {
        append(size.perSecond() * SLICE_MILLIS / 1_000, size.filler());
        if (random.nextInt(4) == 0) {
          dashboards.get(random.nextInt(dashboards.size())).cut();
        }
        if (slice % (slices / (size.restarts() + 1)) == 0 && slice < slices) {
          awaitConnected(dashboards, restarts);
          server.close();
          server = start(port);
          restarts++;
        }
        var due = begin + slice * Duration.ofMillis(SLICE_MILLIS).toNanos();
        await()
            .pollDelay(Duration.ZERO)
            .pollInterval(Duration.ofMillis(2))
            .atMost(TO_CATCH_UP)
            .until(() -> System.nanoTime() >= due);
      }
      awaitConnected(dashboards, restarts);
      check(dashboards, size);
    } finally {
      dashboards.forEach(FollowingDashboard::close);
      server.close();
    }
  }

  /// Waits until those that notice a restart at once have come back from all there were.
  private static void awaitConnected(List<FollowingDashboard> dashboards, int restarts) {
    await()
        .atMost(TO_CATCH_UP)
        .until(() ->
            dashboards.stream()
                .filter(FollowingDashboard::isSteady)
                .allMatch(d -> d.applied().connections() > restarts));
  }

  private static FollowingDashboard.Reading reading(int dashboard) {
    return switch (dashboard % 5) {
      case 3 -> new FollowingDashboard.Reading(400, Duration.ofSeconds(2));
      case 4 -> new FollowingDashboard.Reading(100, Duration.ofMillis(300));
      default -> FollowingDashboard.Reading.STEADILY;
    };
  }

  private static ConfigurableApplicationContext start(int port) {
    var servers = TestServers.get();
    return Applications.api(
        servers.jdbcUrl(),
        servers.kafka(),
        TestMuster.OWNER_TOKEN,
        "--server.port=" + port,
        "--muster.api.sockets.per-user=1000");
  }

  /// Events as the api writes them, faster than REST on one machine would.
  private void append(int events, int filler) {
    at.muster().feed().planted(at.id());
    at.db()
        .sql(
            """
            INSERT INTO outbox (workspace_id, type, subject_id, data)
            SELECT :workspace, 'issue.updated', gen_random_uuid(),
                   jsonb_build_object('issue', jsonb_build_object('title', repeat('x', :filler)), 'n', n)
              FROM generate_series(1, :events) AS n
            """)
        .param("workspace", at.id())
        .param("events", events)
        .param("filler", filler)
        .update();
    at.muster().apiBean("outbox", Outbox.class).wake();
  }

  private void check(List<FollowingDashboard> dashboards, Size size) {
    var events = at.muster().feed().read(at.db(), at.id());
    var head = events.getLast().position();
    assertThat(head).isGreaterThanOrEqualTo(size.perSecond() * (long) size.seconds());
    await()
        .atMost(TO_CATCH_UP)
        .until(() ->
            dashboards.stream()
                .map(FollowingDashboard::applied)
                .allMatch(d -> d.last() == head || !d.broken().isEmpty()));
    var frames = frames(head);
    for (var i = 0; i < events.size(); i++) {
      assertThat(frames.get(i)).contains("\"payload\":" + events.get(i).data() + ",");
    }
    for (var dashboard : dashboards) {
      var applied = dashboard.applied();
      assertThat(applied.broken()).isEmpty();
      assertThat(applied.hash())
          .as("from %d", applied.base())
          .isEqualTo(hash(frames, applied.base()));
      assertThat(applied.connections())
          .as("connections of one that was cut off")
          .isGreaterThan(dashboard.isSteady() ? size.restarts() : 1);
    }
    System.out.printf(
        "%d dashboards, %d events, %d connections, %d begun anew%n",
        dashboards.size(),
        head,
        dashboards.stream().mapToInt(d -> d.applied().connections()).sum(),
        dashboards.stream().mapToInt(d -> d.applied().refreshes()).sum());
  }

  /// All frames there are, as one dashboard is sent them that nothing happens to.
  private List<String> frames(long head) {
    var epoch =
        at.api().get("/api/workspaces/" + at.id() + "/events?limit=1").ok().get("epoch").asString();
    var calm = Dashboard.watch(at.api(), at.id(), "&since=" + epoch + ":0");
    await().atMost(TO_CATCH_UP).until(() -> calm.size() > head);
    assertThat(calm.positions()).isSorted().doesNotHaveDuplicates().hasSize((int) head);
    return calm.events();
  }

  private static long hash(List<String> frames, long base) {
    var hash = 0L;
    for (var frame : frames.subList((int) base, frames.size())) {
      hash = FollowingDashboard.hash(hash, frame);
    }
    return hash;
  }
}
