package dev.muster.standalone;

import static org.awaitility.Awaitility.await;

import dev.muster.standalone.demo.Agent;
import dev.muster.standalone.demo.DaemonObserver;
import dev.muster.standalone.demo.DaemonOptions;
import dev.muster.standalone.demo.SeedDaemon;
import dev.muster.standalone.fault.Fate;
import dev.muster.standalone.fault.FaultProxy;
import dev.muster.standalone.fault.Rule;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import tools.jackson.databind.JsonNode;

/// A runtime that its daemon, the seed's, has left, and a task that waits for it: the first claim
/// of the next daemon gets it.
record SeedRig(TestMuster muster, UUID workspace, UUID runtime, UUID task) {
  static final Agent SUCCEEDS = _ -> new Agent.Success("done", "s", "/w");
  private static final Duration UNDER_WAY_AT_MOST = Duration.ofSeconds(2);
  private static final Duration PATIENCE = Duration.ofSeconds(100);

  static SeedRig create() throws InterruptedException {
    var muster = TestMuster.get();
    var workspace = muster.api().newWorkspace();
    UUID runtime;
    try (var daemon = daemon(muster.url(), workspace, "dm-seed", SUCCEEDS)) {
      runtime = UUID.fromString(daemon.runtimes().getFirst().id());
    }
    // Not before the daemon has left, or it might claim the task, and leave with it: an attempt.
    var task = newTask(muster.api(), workspace, muster.api().newAgent(workspace, runtime, 1));
    return new SeedRig(muster, workspace, runtime, task);
  }

  /// An agent that works until its daemon ends.
  static Agent.Outcome never(JsonNode task) throws InterruptedException {
    new CountDownLatch(1).await();
    return new Agent.EmptyOutput();
  }

  Api api() {
    return muster.api();
  }

  UUID newTask(UUID agent) {
    return newTask(api(), workspace, agent);
  }

  private static UUID newTask(Api api, UUID workspace, UUID agent) {
    return Api.id(
        api.post(
                "/api/tasks?workspace_id=" + workspace,
                "{\"title\":\"Work\",\"agent_id\":\"%s\"}".formatted(agent))
            .ok());
  }

  /// The daemon that left, back again.
  SeedDaemon daemon(FaultProxy proxy, Agent agent) throws InterruptedException {
    return daemon(proxy.url(), workspace, "dm-seed", agent);
  }

  SeedDaemon daemon(String id, Agent agent) throws InterruptedException {
    return daemon(muster.url(), workspace, id, agent);
  }

  private static SeedDaemon daemon(String url, UUID workspace, String id, Agent agent)
      throws InterruptedException {
    var options =
        new DaemonOptions(
            URI.create(url),
            TestMuster.OWNER_TOKEN,
            List.of(workspace.toString()),
            new DaemonOptions.Machine(
                id, "dev1", List.of(new DaemonOptions.Provider("claude", "2.1.0"))),
            new DaemonOptions.Pace(Duration.ofMillis(100), Duration.ofMillis(500)),
            List.of());
    return SeedDaemon.start(options, agent, DaemonObserver.NONE);
  }

  /// A proxy that has the first of these calls meet its fate.
  FaultProxy loses(String call, Fate fate) throws IOException {
    return FaultProxy.start(muster.url(), List.of(Rule.first(1, call, fate)));
  }

  /// Lets the clock's hand move, for claims that nobody heard of and for what is about to be given
  /// up, until the task stands so.
  void awaitStatus(UUID of, String status) {
    var hand = new ClockHand(muster.db(), workspace);
    await()
        .atMost(PATIENCE)
        .until(() -> {
          hand.deliverAgain(UNDER_WAY_AT_MOST, _ -> true);
          hand.endGrace(of);
          return api().status(of).equals(status);
        });
  }

  /// Lets an hour pass in which nobody heard of the runtime.
  void silence() {
    muster
        .db()
        .sql(
            "UPDATE runtime_liveness SET last_seen_at = now() - interval '1 hour' WHERE runtime_id = :id")
        .param("id", runtime)
        .update();
  }

  /// A heartbeat, as of a daemon that was only silent.
  void beat() {
    api().post("/api/daemon/heartbeat", "{\"runtime_id\":\"%s\"}".formatted(runtime)).ok();
  }

  void awaitRuntimeStatus(String status) {
    await()
        .atMost(PATIENCE)
        .until(() ->
            api()
                .get("/api/runtimes?workspace_id=" + workspace)
                .ok()
                .get(0)
                .get("status")
                .asString()
                .equals(status));
  }
}
