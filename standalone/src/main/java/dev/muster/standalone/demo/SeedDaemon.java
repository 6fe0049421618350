package dev.muster.standalone.demo;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/// A simulated daemon: makes the calls of the seed's daemon over HTTP, in its order, and runs an
/// [Agent] where that would start one.
///
/// Strictly serial: while its agent runs, nothing is claimed for any of its runtimes. A call that
/// fails is not made again. One that was killed or closed is replaced by starting another with the
/// same options: to the server it is the same daemon.
public final class SeedDaemon implements AutoCloseable {
  private static final Duration USAGE_INTERVAL = Duration.ofMinutes(5);
  private static final Duration STOP_AT_MOST = Duration.ofSeconds(5);

  private final DaemonOptions options;
  private final Agent agent;
  private final DaemonObserver observer;
  private final SeedClient client;
  private final List<Registered> runtimes;
  // Owned by the thread that starts and stops the daemon.
  private final List<Thread> loops = new ArrayList<>();
  private volatile boolean running = true;

  /// A runtime that the server has registered for this daemon.
  ///
  /// @param provider the provider's type
  public record Registered(String id, String workspace, String provider) {}

  private SeedDaemon(
      DaemonOptions options,
      Agent agent,
      DaemonObserver observer,
      SeedClient client,
      List<Registered> runtimes) {
    this.options = options;
    this.agent = agent;
    this.observer = observer;
    this.client = client;
    this.runtimes = runtimes;
  }

  /// Registers the daemon and starts its loops. A workspace that refuses is left out.
  ///
  /// @throws IllegalStateException if every workspace refuses
  public static SeedDaemon start(DaemonOptions options, Agent agent, DaemonObserver observer)
      throws InterruptedException {
    var client = new SeedClient(options.server(), options.token(), observer);
    var runtimes = new ArrayList<Registered>();
    for (var workspace : options.workspaces()) {
      client
          .register(workspace, options.machine())
          .ifPresent(registered ->
              registered.forEach(runtime ->
                  runtimes.add(
                      new Registered(
                          runtime.path("id").asString(""),
                          workspace,
                          runtime.path("provider").asString("")))));
    }
    if (runtimes.isEmpty()) {
      client.close();
      throw new IllegalStateException(
          "failed to register runtimes for any of the %d watched workspace(s)"
              .formatted(options.workspaces().size()));
    }
    var daemon = new SeedDaemon(options, agent, observer, client, List.copyOf(runtimes));
    daemon.startLoops();
    return daemon;
  }

  private void startLoops() {
    if (!options.usage().isEmpty()) {
      loop("usage", this::reportUsage);
    }
    loop("heartbeats", this::beat);
    loop("claims", this::work);
  }

  @FunctionalInterface
  private interface Loop {
    void run() throws InterruptedException;
  }

  private void loop(String name, Loop loop) {
    loops.add(
        Thread.ofVirtual()
            .name(options.machine().daemonId() + "-" + name)
            .start(() -> {
              try {
                loop.run();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            }));
  }

  public DaemonOptions options() {
    return options;
  }

  /// What it registered, workspace by workspace.
  public List<Registered> runtimes() {
    return runtimes;
  }

  private void reportUsage() throws InterruptedException {
    while (running) {
      for (var provider : options.machine().providers()) {
        var entries =
            options.usage().stream()
                .filter(entry -> entry.provider().equals(provider.type()))
                .toList();
        var runtime =
            runtimes.stream().filter(r -> r.provider().equals(provider.type())).findFirst();
        if (!entries.isEmpty() && runtime.isPresent()) {
          client.reportUsage(runtime.get().id(), entries);
        }
      }
      Thread.sleep(USAGE_INTERVAL);
    }
  }

  private void beat() throws InterruptedException {
    while (running) {
      Thread.sleep(options.pace().heartbeat());
      for (var runtime : runtimes) {
        var beaten = Instant.now();
        var ping = client.heartbeat(runtime.id());
        if (ping.isPresent()) {
          client.answerPing(runtime.id(), ping.get(), Duration.between(beaten, Instant.now()));
        }
      }
    }
  }

  private void work() throws InterruptedException {
    var emptyInTurn = 0;
    for (var i = 0; running; i = (i + 1) % runtimes.size()) {
      var task = client.claim(runtimes.get(i).id());
      if (task.isPresent()) {
        emptyInTurn = 0;
        observer.claimed(task.get());
        handle(task.get());
      } else if (++emptyInTurn == runtimes.size()) {
        emptyInTurn = 0;
        Thread.sleep(options.pace().poll());
      }
    }
  }

  private void handle(JsonNode task) throws InterruptedException {
    var id = task.path("id").asString("");
    var runtime = task.path("runtime_id").asString("");
    var provider =
        runtimes.stream()
            .filter(own -> own.id().equals(runtime))
            .findFirst()
            .map(Registered::provider)
            .orElse("");
    if (!client.start(id)) {
      return;
    }
    client.progress(id, "Launching " + provider, 1);
    var outcome = agent.run(task);
    if (!running) {
      return;
    }
    switch (outcome) {
      case Agent.Success(var output, _, _) when output.isEmpty() -> failEmpty(id, provider);
      case Agent.EmptyOutput() -> failEmpty(id, provider);
      case Agent.Success success -> {
        if (finish(id)) {
          client.complete(id, success);
        }
      }
      case Agent.Failure(var error) -> {
        if (finish(id)) {
          client.fail(id, error.isEmpty() ? provider + " execution failed" : error);
        }
      }
      case Agent.Timeout() -> client.fail(id, provider + " timed out after 2h0m0s");
      case Agent.NotStarted(var error) -> client.fail(id, error);
    }
  }

  private void failEmpty(String task, String provider) throws InterruptedException {
    client.fail(task, provider + " returned empty output");
  }

  /// Whether the end of the run is still to be reported.
  private boolean finish(String task) throws InterruptedException {
    client.progress(task, "Finishing task", 2);
    return !client.isCancelled(task);
  }

  /// Ends as if the machine had lost its power: nothing is reported, nobody says goodbye.
  public void kill() {
    running = false;
    client.close();
    stopLoops();
  }

  /// Ends as on SIGTERM: the agent is ended, its run is not reported, the runtimes are
  /// deregistered.
  @Override
  public void close() {
    if (!running) {
      return;
    }
    running = false;
    stopLoops();
    try {
      client.deregister(runtimes.stream().map(Registered::id).toList());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    client.close();
  }

  private void stopLoops() {
    loops.forEach(Thread::interrupt);
    try {
      for (var loop : loops) {
        loop.join(STOP_AT_MOST);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
