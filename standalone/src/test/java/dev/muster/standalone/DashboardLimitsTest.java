package dev.muster.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.muster.events.feed.Outbox;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What one socket may cost: a reader that stops is closed and costs the others nothing, and nobody
/// opens as many as they like.
@Tag("faults")
class DashboardLimitsTest {
  private static final int LARGE = 200_000;
  private static final int EVENTS = 100;

  /// Longer than a write may last, and shorter than the server waits to say so.
  private static final Duration ASLEEP = Duration.ofSeconds(17);

  private final TestWorkspace at = TestWorkspace.make();

  /// More than the kernel's buffers and a socket's queue hold together.
  private void muchHappens() {
    at.muster().feed().planted(at.id());
    at.db()
        .sql(
            """
            INSERT INTO outbox (workspace_id, type, subject_id, data)
            SELECT :workspace, 'issue.updated', gen_random_uuid(), jsonb_build_object('title', repeat('x', :size))
              FROM generate_series(1, :events)
            """)
        .param("workspace", at.id())
        .param("size", LARGE)
        .param("events", EVENTS)
        .update();
    at.muster().apiBean("outbox", Outbox.class).wake();
  }

  @ParameterizedTest
  @CsvSource({"''", "&heartbeat=1"})
  void aReaderThatStopsIsToldToResumeAndTheOthersHearEverything(String more) {
    var start = head();
    var asleep = Dashboard.asleep(at.api(), at.id(), more);
    var awake = Dashboard.watch(at.api(), at.id(), "&heartbeat=1");

    muchHappens();
    var end = start + EVENTS;
    awake.hears(end);
    assertThat(asleep.texts()).isEmpty();
    asleep.wakeAfter(ASLEEP);

    // On a slow machine it wakes too late to be told why.
    assertThat(asleep.closeCode()).isIn(4008, 1006);
    var had = asleep.positions();
    var left = start + had.size();
    assertThat(had).as("what it had read, without a hole").isEqualTo(range(start + 1, left));
    assertThat(left).isLessThan(end);
    var epoch = at.api().get("/api/workspaces/" + at.id() + "/events").ok().get("epoch").asString();
    var back = Dashboard.watch(at.api(), at.id(), "&since=" + epoch + ":" + left);
    back.hears(end);
    assertThat(back.positions()).isEqualTo(range(left + 1, end));
    assertThat(awake.positions()).isEqualTo(range(start + 1, end));
  }

  private long head() {
    at.muster().feed().complete(at.muster(), at.id());
    return at.api().get("/api/workspaces/" + at.id() + "/events").ok().get("head").asLong();
  }

  private static List<Long> range(long first, long last) {
    return LongStream.rangeClosed(first, last).boxed().toList();
  }

  @Test
  void aUserAndAnAddressHaveSoManySocketsAndNoMore() {
    var servers = TestServers.get();
    var users = new Users(at.muster());
    try (var api =
        Applications.api(
            servers.jdbcUrl(),
            servers.kafka(),
            TestMuster.OWNER_TOKEN,
            "--server.port=0",
            "--muster.api.sockets.per-user=2",
            "--muster.api.sockets.per-address=3")) {
      var owner = new Api("http://localhost:" + Applications.port(api), TestMuster.OWNER_TOKEN);
      var user = users.newUser();
      users.join(user, at.id(), "member");
      var other = owner.as(users.api(user, Users.Narrowing.NONE).token());
      var open = new ArrayList<Dashboard>();
      open.add(Dashboard.watch(owner, at.id(), ""));
      open.add(Dashboard.watch(owner, at.id(), ""));

      assertThat(refused(owner)).as("a third of one user").isTrue();
      open.add(Dashboard.watch(other, at.id(), ""));
      assertThat(refused(other)).as("a fourth of one address").isTrue();
      assertThat(refused(owner.as(""))).as("one that says nothing").isTrue();

      open.getLast().vanish();
      await().until(() -> !refused(other));
      assertThat(List.copyOf(open)).hasSize(3);
    }
  }

  @Test
  void aWorkspaceHasSoManySocketsAndNoMore() {
    var elsewhere = TestWorkspace.make().id();
    var servers = TestServers.get();
    try (var api =
        Applications.api(
            servers.jdbcUrl(),
            servers.kafka(),
            TestMuster.OWNER_TOKEN,
            "--server.port=0",
            "--muster.api.sockets.per-workspace=2")) {
      var owner = new Api("http://localhost:" + Applications.port(api), TestMuster.OWNER_TOKEN);
      var first = Dashboard.watch(owner, at.id(), "");
      var second = Dashboard.watch(owner, at.id(), "");

      assertThat(refused(owner)).as("a third").isTrue();
      var late = Dashboard.knock(owner, at.id(), "");
      late.authenticate(owner.token());
      assertThat(late.closeCode()).isEqualTo(1013);
      assertThat(Dashboard.statusOf(owner, elsewhere)).isEqualTo(101);
      assertThat(List.of(first, second)).allMatch(open -> open.size() >= 0);
    }
  }

  private boolean refused(Api as) {
    var refused = Dashboard.statusOf(as, at.id());
    assertThat(refused).isIn(101, 429);
    return refused == 429;
  }
}
