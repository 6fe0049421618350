package dev.muster.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.muster.api.heartbeat.RuntimeDirectory;
import dev.muster.events.id.RuntimeId;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.springframework.context.ConfigurableApplicationContext;

/// The socket of a daemon: it is woken when there is work, and its heartbeats count.
class DaemonSocketTest {
  private static final String WORK = "daemon:task_available";
  private static final String ACK = "daemon:heartbeat_ack";
  private static final Duration AT_ONCE = Duration.ofSeconds(1);

  private final TestWorkspace at = TestWorkspace.make();
  private final Api api = at.api();
  private final Users users = new Users(at.muster());
  private final UUID runtime = api.newRuntime(at.id(), "dm1", "claude", 5);

  private UUID claimInABatch(UUID... runtimes) {
    var ids =
        java.util.Arrays.stream(runtimes)
            .map(id -> "\"" + id + "\"")
            .collect(java.util.stream.Collectors.joining(","));
    var body = "{\"daemon_id\":\"dm1\",\"max_tasks\":5,\"runtime_ids\":[%s]}".formatted(ids);
    return Api.id(api.post("/api/daemon/tasks/claim", body).ok().get("tasks").get(0));
  }

  /// The best of some, since a machine that does other things too may take its time with one.
  @Test
  void aTaskThatIsQueuedRunsWithinASecond() {
    var agent = at.newAgent(runtime, ",\"max_concurrent_tasks\":5");
    var daemon = DaemonSocket.open(api, runtime);

    var best =
        java.util.stream.IntStream.range(0, 5)
            .mapToObj(_ -> queuedToRunning(agent, daemon))
            .min(Duration::compareTo);

    assertThat(best).hasValueSatisfying(time -> assertThat(time).isLessThan(AT_ONCE));
  }

  private Duration queuedToRunning(UUID agent, DaemonSocket daemon) {
    daemon.forget();
    var queuedAt = System.nanoTime();
    var task = at.newTask(agent, "");
    var payload = daemon.first(WORK);
    api.start(claimInABatch(runtime)).ok();
    var time = Duration.ofNanos(System.nanoTime() - queuedAt);
    assertThat(payload.get("runtime_id").asString()).isEqualTo(runtime.toString());
    assertThat(api.status(task)).isEqualTo("running");
    return time;
  }

  @Test
  void aTaskThatTheDispatcherAssignsWakesItsDaemon() {
    var daemon = DaemonSocket.open(api, runtime);

    var task = at.newTask("{\"title\":\"Work\",\"provider\":\"claude\"}");
    daemon.first(WORK);

    assertThat(claimInABatch(runtime)).isEqualTo(task);
  }

  @Test
  void aSocketAtAnotherApiIsWokenToo() {
    var agent = at.newAgent(runtime, "");
    var servers = TestServers.get();
    DaemonSocket daemon;
    try (var second =
        Applications.api(
            servers.jdbcUrl(), servers.kafka(), TestMuster.OWNER_TOKEN, "--server.port=0")) {
      daemon =
          DaemonSocket.open(
              new Api("http://localhost:" + Applications.port(second), api.token()), runtime);

      at.newTask(agent, "");
      daemon.first(WORK);
    }
    assertThat(daemon.closeCode()).as("a server that stops says so").isEqualTo(1001);
  }

  @Test
  void whatLetsAnyRuntimeBeginWakesThoseThatHaveWork() {
    var idle = api.newRuntime(at.id(), "dm2", "claude", 5);
    var agent = at.newAgent(runtime, "");
    api.post("/api/agents/" + agent + "/pause", "").ok();
    var task = at.newTask(agent, "");
    at.muster().feed().complete(at.muster(), at.id());
    var daemon = DaemonSocket.open(api, runtime);
    var other = DaemonSocket.open(api, idle);

    api.post("/api/agents/" + agent + "/resume", "").ok();
    daemon.first(WORK);

    assertThat(claimInABatch(runtime)).isEqualTo(task);
    assertThat(other.types()).doesNotContain(WORK);
  }

  @Test
  void manyTasksAtOnceAreFewWakeUps() {
    var agent = at.newAgent(runtime, ",\"max_concurrent_tasks\":5");
    var daemon = DaemonSocket.open(api, runtime);
    var startedAt = System.nanoTime();

    for (var i = 0; i < 20; i++) {
      at.newTask(agent, "");
    }
    at.muster().feed().complete(at.muster(), at.id());
    var tenths = (System.nanoTime() - startedAt) / 100_000_000;

    assertThat(daemon.types().stream().filter(WORK::equals).count()).isBetween(1L, tenths + 2);
  }

  @Test
  void aHeartbeatIsAcknowledgedAndBringsTheRuntimeBack() {
    var daemon = DaemonSocket.open(api, runtime);
    api.post("/api/daemon/deregister", "{\"runtime_ids\":[\"%s\"]}".formatted(runtime)).ok();

    daemon.beat(runtime);
    var payload = daemon.first(ACK);

    assertThat(payload.toString())
        .isEqualTo("{\"runtime_id\":\"%s\",\"status\":\"ok\"}".formatted(runtime));
    var runtimes = api.get("/api/runtimes?workspace_id=" + at.id()).ok();
    assertThat(runtimes.get(0).get("status").asString()).isEqualTo("online");
  }

  @Test
  void aRuntimeThatIsGoneIsToldSo() {
    var daemon = DaemonSocket.open(api, runtime);
    at.db().sql("DELETE FROM runtime WHERE id = :id").param("id", runtime).update();
    at.muster().apiBean("runtimeDirectory", RuntimeDirectory.class).forget(new RuntimeId(runtime));

    daemon.beat(runtime);
    var payload = daemon.first(ACK);

    assertThat(payload.get("runtime_gone").asBoolean()).isTrue();
    assertThat(payload.get("status").asString()).isEqualTo("runtime_gone");
  }

  @Test
  void whatIsNotKnownIsPassedOver() {
    var foreign = api.newRuntime(at.id(), "dm2", "claude", 1);
    var daemon = DaemonSocket.open(api, runtime);

    daemon.say("no json");
    daemon.say("[]");
    daemon.say("{\"type\":\"daemon:rpc_request\",\"payload\":{\"request_id\":\"r\"}}");
    daemon.say("{\"type\":\"daemon:heartbeat\",\"payload\":{\"runtime_id\":7}}");
    daemon.beat(foreign);
    daemon.beat(runtime);

    assertThat(daemon.first(ACK).get("runtime_id").asString()).isEqualTo(runtime.toString());
    assertThat(daemon.types()).containsExactly(ACK);
  }

  @Test
  void pingsAreAnswered() {
    var daemon = DaemonSocket.open(api, runtime);

    daemon.ping();

    assertThat(daemon.isClosed()).isFalse();
  }

  @Test
  void onlyWhoMaySpeakForTheRuntimesOpensASocket() {
    var of = "?runtime_ids=" + runtime;
    var owner = users.userOf(api);
    var watcher = users.api(owner, new Users.Narrowing("watch", at.id()));
    var narrow = users.api(owner, new Users.Narrowing("daemon", at.id()));
    var elsewhere = users.api(owner, new Users.Narrowing("daemon", api.newWorkspace()));

    assertThat(DaemonSocket.statusOf(api, of)).isEqualTo(101);
    assertThat(DaemonSocket.statusOf(narrow, of)).isEqualTo(101);
    assertThat(DaemonSocket.statusOf(api, "")).as("no runtimes yet").isEqualTo(101);
    assertThat(DaemonSocket.statusOf(watcher, of)).isEqualTo(403);
    assertThat(DaemonSocket.statusOf(elsewhere, of)).isEqualTo(404);
    assertThat(DaemonSocket.statusOf(users.newApi(), of)).isEqualTo(404);
    assertThat(DaemonSocket.statusOf(api.as("mul_wrong"), of)).isEqualTo(401);
    assertThat(DaemonSocket.statusOf(api, of + "%2C" + UUID.randomUUID())).isEqualTo(404);
    var many = ("," + UUID.randomUUID()).repeat(201);
    assertThat(DaemonSocket.statusOf(api, of + many)).isIn(400, 404);
  }

  @Test
  void aRevokedTokenEndsTheSocket() {
    var made = api.post("/api/tokens", "{\"name\":\"daemon\"}").ok();
    var holder = api.as(made.get("token").asString());
    var daemon = DaemonSocket.open(holder, runtime);

    api.delete("/api/tokens/" + Api.id(made)).ok();

    assertThat(daemon.closeCode()).isEqualTo(4001);
    assertThat(DaemonSocket.statusOf(holder, "?runtime_ids=" + runtime)).isEqualTo(401);
  }

  @Test
  void whoLeavesAWorkspaceIsToldAndPutOut() {
    var user = users.newUser();
    var member = users.api(user, Users.Narrowing.NONE);
    var email =
        at.db()
            .sql("SELECT email FROM app_user WHERE id = :id")
            .param("id", user)
            .query(String.class)
            .single();
    var empty = DaemonSocket.open(member);

    var joined =
        api.post("/api/workspaces/" + at.id() + "/members", "{\"email\":\"%s\"}".formatted(email))
            .ok();
    empty.first("daemon:workspaces_changed");
    var daemon = DaemonSocket.open(member, runtime);
    api.delete("/api/workspaces/" + at.id() + "/members/" + Api.id(joined)).ok();

    assertThat(daemon.closeCode()).isEqualTo(4001);
    assertThat(empty.isClosed()).isFalse();
  }

  @Test
  void tooLongAndTooManyMessagesEndTheSocket() {
    var longWinded = DaemonSocket.open(api, runtime);
    var busy = DaemonSocket.open(api, runtime);

    longWinded.say("x".repeat(64 * 1024 + 1));
    assertThat(longWinded.closeCode()).isEqualTo(1009);

    for (var i = 0; i < 1_000 && !busy.isClosed(); i++) {
      busy.tryToSay("{}");
    }
    assertThat(busy.closeCode()).isEqualTo(1008);
  }

  @Test
  void oneUserHasPartOfTheSocketsAtMost() {
    try (var small = apiWithSockets(10)) {
      var owner = new Api("http://localhost:" + Applications.port(small), api.token());
      var first = DaemonSocket.open(owner, runtime);
      var second = DaemonSocket.open(owner, runtime);

      assertThat(DaemonSocket.statusOf(owner, "?runtime_ids=" + runtime)).isEqualTo(429);

      first.vanish();
      await().until(() -> DaemonSocket.statusOf(owner, "?runtime_ids=" + runtime) == 101);
      assertThat(second.isClosed()).isFalse();
    }
  }

  @Test
  void oneWorkspaceHasHalfOfTheSocketsAtMost() {
    try (var small = apiWithSockets(4)) {
      var url = "http://localhost:" + Applications.port(small);
      var first = DaemonSocket.open(member(url), runtime);
      var second = DaemonSocket.open(member(url), runtime);

      var third = member(url);
      assertThat(DaemonSocket.statusOf(third, "?runtime_ids=" + runtime)).isEqualTo(429);
      assertThat(DaemonSocket.statusOf(third, "")).isEqualTo(101);

      first.vanish();
      await().until(() -> DaemonSocket.statusOf(third, "?runtime_ids=" + runtime) == 101);
      assertThat(second.isClosed()).isFalse();
    }
  }

  private static ConfigurableApplicationContext apiWithSockets(int max) {
    var servers = TestServers.get();
    return Applications.api(
        servers.jdbcUrl(),
        servers.kafka(),
        TestMuster.OWNER_TOKEN,
        "--server.port=0",
        "--muster.api.sockets.max=" + max);
  }

  private Api member(String url) {
    var user = users.newUser();
    users.join(user, at.id(), "member");
    return new Api(url, users.api(user, Users.Narrowing.NONE).token());
  }
}
