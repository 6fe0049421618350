package dev.muster.standalone.demo;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/// A demonstration on a running Muster: three simulated daemons, a real runtime that runs a shell,
/// an agent for each kind of them, and somebody who gives them issues.
public final class Demo implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Demo.class);
  private static final Duration BETWEEN_ISSUES = Duration.ofSeconds(3);
  private static final Duration RUN_LEAST = Duration.ofSeconds(2);
  private static final Duration RUN_MOST = Duration.ofSeconds(8);
  private static final double FAILURES = 0.1;
  private static final DaemonOptions.Provider CLAUDE =
      new DaemonOptions.Provider("claude", "2.1.0 (Claude Code)");
  private static final DaemonOptions.Provider CODEX =
      new DaemonOptions.Provider("codex", "codex-cli 0.46.0");

  /// More than this many open tasks, and no issue is added until some are done.
  private static final int OPEN_MAX = 10;

  private final Rest rest;
  private final Deque<AutoCloseable> open;
  private final SplittableRandom random = new SplittableRandom(7);

  private Demo(Rest rest, Deque<AutoCloseable> open) {
    this.rest = rest;
    this.open = open;
  }

  /// Where the demonstration happens.
  ///
  /// @param topic where Kafka has the events
  /// @param work where the shell works
  public record Place(URI server, String token, String kafka, String topic, Path work) {}

  /// Sets everything up and lets it run.
  ///
  /// @param out shows where to look, and then what happens
  public static Demo start(Place place, Consumer<String> out, boolean inColour)
      throws IOException, InterruptedException {
    var open = new ArrayDeque<AutoCloseable>();
    var rest = new Rest(place.server(), place.token());
    open.push(rest);
    var demo = new Demo(rest, open);
    try {
      demo.setUp(place, out, inColour);
      return demo;
    } catch (IOException | RuntimeException | InterruptedException e) {
      demo.close();
      throw e;
    }
  }

  private void setUp(Place place, Consumer<String> out, boolean inColour)
      throws IOException, InterruptedException {
    var scene = Scene.in(rest);
    var workspace = scene.workspace();
    var hasShell = ShellRuntime.isPossible();
    show(place, workspace, hasShell, out);
    var lines = new FeedLines(inColour);
    rest.get("/api/issues?workspace_id=" + workspace).path("issues").forEach(lines::learnIssue);
    rest.get("/api/agents?workspace_id=" + workspace).forEach(lines::learnAgent);
    open.push(FeedPrinter.start(place.kafka(), place.topic(), lines, out));
    var anna = daemon(place, workspace, "anna-laptop", List.of(CLAUDE));
    daemon(place, workspace, "build-server", List.of(CLAUDE, CODEX));
    var ben = daemon(place, workspace, "ben-desktop", List.of(CODEX));
    var agents =
        new ArrayList<>(
            scene.agents(anna.runtimes().getFirst().id(), ben.runtimes().getFirst().id()));
    if (hasShell) {
      open.push(ShellRuntime.start(place, workspace));
      agents.add(scene.shellAgent());
    }
    var giver =
        Thread.ofVirtual().name("muster-demo-issues").start(() -> giveIssues(workspace, agents));
    open.push(() -> {
      giver.interrupt();
      giver.join();
    });
  }

  private SeedDaemon daemon(
      Place place, String workspace, String name, List<DaemonOptions.Provider> providers)
      throws InterruptedException {
    var options =
        new DaemonOptions(
            place.server(),
            place.token(),
            List.of(workspace),
            new DaemonOptions.Machine(name, name, providers),
            new DaemonOptions.Pace(Duration.ofSeconds(1), Duration.ofSeconds(15)),
            List.of());
    var daemon =
        SeedDaemon.start(
            options, agent(new SplittableRandom(name.hashCode())), DaemonObserver.NONE);
    open.push(daemon);
    return daemon;
  }

  /// Reads its issue, as a real agent does, takes its time, and says what it did.
  private Agent agent(SplittableRandom chance) {
    return task -> {
      var title = titleOf(task);
      Thread.sleep(chance.nextLong(RUN_LEAST.toMillis(), RUN_MOST.toMillis()));
      if (chance.nextDouble() < FAILURES) {
        return new Agent.Failure(Job.ERRORS.get(chance.nextInt(Job.ERRORS.size())));
      }
      var id = task.path("id").asString("");
      return new Agent.Success(
          Job.of(title).output(),
          "session-" + id,
          "/home/dev/multica_workspaces/" + id.substring(0, 8) + "/workdir");
    };
  }

  private String titleOf(JsonNode task) throws InterruptedException {
    try {
      return rest.get("/api/issues/" + task.path("issue_id").asString(""))
          .path("title")
          .asString("");
    } catch (IOException e) {
      return "what the issue asks for";
    }
  }

  private void giveIssues(String workspace, List<String> agents) {
    try {
      while (true) {
        try {
          if (openTasks(workspace) < OPEN_MAX) {
            giveIssue(workspace, agents.get(random.nextInt(agents.size())));
          }
        } catch (IOException e) {
          log.atWarn().setCause(e).log("An issue could not be made");
        }
        Thread.sleep(BETWEEN_ISSUES);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private int openTasks(String workspace) throws IOException, InterruptedException {
    var count = 0;
    for (var status : List.of("queued", "dispatched", "running")) {
      count +=
          rest.get("/api/tasks?workspace_id=%s&status=%s".formatted(workspace, status))
              .path("tasks")
              .size();
    }
    return count;
  }

  private void giveIssue(String workspace, String agent) throws IOException, InterruptedException {
    var job = Job.ALL.get(random.nextInt(Job.ALL.size()));
    rest.post(
        "/api/issues?workspace_id=" + workspace,
        Map.of(
            "title",
            job.title(),
            "status",
            "todo",
            "priority",
            job.priority(),
            "assignee_type",
            "agent",
            "assignee_id",
            agent));
  }

  private static void show(Place place, String workspace, boolean hasShell, Consumer<String> out) {
    var server = place.server();
    out.accept(
        """

          Page       %s
          Token      %s
          REST       curl -H 'Authorization: Bearer %s' '%s/api/tasks?workspace_id=%s'
          WebSocket  npx wscat -c 'ws://%s/ws?workspace_id=%s&token=%s'
          Kafka      %s, topic %s

        %s work on what they are given, until Ctrl-C.
        """
            .formatted(
                server,
                place.token(),
                place.token(),
                server,
                workspace,
                server.getAuthority(),
                workspace,
                place.token(),
                place.kafka(),
                place.topic(),
                hasShell
                    ? "Three simulated daemons, and a real runtime whose agent is a line of shell,"
                    : "Three simulated daemons"));
  }

  @Override
  public void close() {
    for (var next : new ArrayList<>(open)) {
      try {
        next.close();
      } catch (Exception e) {
        log.atWarn().setCause(e).log("Something of the demonstration did not stop in order");
      }
    }
    open.clear();
  }
}
