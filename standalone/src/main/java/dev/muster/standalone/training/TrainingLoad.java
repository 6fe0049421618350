package dev.muster.standalone.training;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import tools.jackson.databind.JsonNode;

/// A short load on a Muster of its own: tasks are made, claimed, started and ended over HTTP, a
/// dashboard follows them, and somebody looks at the lists.
///
/// The JVM writes down which classes it needed and how methods were used. So this does what Muster
/// is asked to do all the time, a few hundred times, and seldom what is asked seldom.
public final class TrainingLoad {
  private static final int TASKS = 600;
  private static final Duration AT_MOST = Duration.ofSeconds(30);

  /// Fewer than these in [#AT_MOST] would teach nothing.
  private static final int TASKS_LEAST = 50;

  private static final int RUNTIMES = 2;
  private static final int SLOTS = 4;
  private static final int CREATORS = 4;
  private static final int REPORTS_EACH = 8;
  private static final int LOOKS_EACH = 16;

  private final URI server;
  private final String token;
  private final String workspace;
  private final List<String> agents = new ArrayList<>();
  private final AtomicInteger made = new AtomicInteger();
  private final AtomicInteger ended = new AtomicInteger();
  private final ConcurrentLinkedQueue<Exception> failures = new ConcurrentLinkedQueue<>();
  private final long end = System.nanoTime() + AT_MOST.toNanos();

  private TrainingLoad(URI server, String token, String workspace) {
    this.server = server;
    this.token = token;
    this.workspace = workspace;
  }

  /// Loads the Muster, for less than a minute.
  ///
  /// @throws IOException if it was answered something else than it must be
  public static void run(URI server, String token) throws IOException, InterruptedException {
    try (var line = new Line(server, token)) {
      var workspace =
          id(line.post("/api/workspaces", "{\"name\":\"Training\",\"slug\":\"training\"}"));
      new TrainingLoad(server, token, workspace).run(line);
    }
  }

  private void run(Line line) throws IOException, InterruptedException {
    var threads = new ArrayList<Thread>();
    for (var i = 0; i < RUNTIMES; i++) {
      var runtime = register(line, i);
      agents.add(agent(line, "\"runtime_id\":\"" + runtime + "\""));
      for (var slot = 0; slot < SLOTS; slot++) {
        threads.add(begin(own -> work(own, runtime)));
      }
    }
    agents.add(agent(line, "\"provider\":\"claude\""));
    var cursor = line.get("/api/workspaces/" + workspace + "/snapshot").path("cursor").asString();
    try (var _ = Follower.connect(server, token, workspace, cursor)) {
      for (var i = 0; i < CREATORS; i++) {
        threads.add(begin(this::create));
      }
      for (var thread : threads) {
        thread.join();
      }
    }
    var failure = failures.peek();
    if (failure != null) {
      throw new IOException("the training load was refused", failure);
    }
    if (ended.get() < TASKS_LEAST) {
      throw new IOException("only %d tasks ended in %s".formatted(ended.get(), AT_MOST));
    }
  }

  private interface Job {
    void run(Line line) throws IOException, InterruptedException;
  }

  private Thread begin(Job job) {
    return Thread.ofVirtual()
        .start(() -> {
          try (var line = new Line(server, token)) {
            while (ended.get() < TASKS && System.nanoTime() < end && failures.isEmpty()) {
              job.run(line);
            }
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          } catch (IOException | RuntimeException e) {
            failures.add(e);
          }
        });
  }

  private String register(Line line, int daemon) throws IOException, InterruptedException {
    return id(
        line.post(
                "/api/daemon/register",
                """
                {"workspace_id":"%s","daemon_id":"training%d","runtimes":[{"type":"claude","max_concurrent_tasks":%d}]}
                """
                    .formatted(workspace, daemon, SLOTS))
            .path("runtimes")
            .path(0));
  }

  private String agent(Line line, String where) throws IOException, InterruptedException {
    return id(
        line.post(
            "/api/agents?workspace_id=" + workspace,
            "{\"name\":\"Training\",%s,\"max_concurrent_tasks\":%d}"
                .formatted(where, RUNTIMES * SLOTS)));
  }

  private static String id(JsonNode answer) {
    return answer.path("id").asString();
  }

  /// Makes tasks about as fast as they end, and looks at them now and then.
  private void create(Line line) throws IOException, InterruptedException {
    var number = made.getAndIncrement();
    if (number - ended.get() > RUNTIMES * SLOTS * 2) {
      made.decrementAndGet();
      Thread.sleep(Duration.ofMillis(2));
      return;
    }
    var agent = agents.get(number % agents.size());
    var task =
        line.post(
            "/api/tasks?workspace_id=" + workspace,
            "{\"title\":\"Task %d\",\"prompt\":\"Make the build green.\",\"agent_id\":\"%s\"}"
                .formatted(number, agent));
    if (number % LOOKS_EACH == 0) {
      look(line, id(task), agent);
    }
  }

  private void look(Line line, String task, String agent) throws IOException, InterruptedException {
    line.post(
        "/api/issues?workspace_id=" + workspace,
        "{\"title\":\"Issue\",\"status\":\"todo\",\"assignee_type\":\"agent\",\"assignee_id\":\"%s\"}"
            .formatted(agent));
    made.incrementAndGet();
    for (var path :
        List.of(
            "/api/tasks/" + task,
            "/api/tasks?workspace_id=" + workspace,
            "/api/tasks/waiting?workspace_id=" + workspace,
            "/api/issues?workspace_id=" + workspace,
            "/api/agents?workspace_id=" + workspace,
            "/api/runtimes?workspace_id=" + workspace,
            "/api/workspaces/" + workspace + "/snapshot",
            "/api/workspaces/" + workspace + "/stats")) {
      line.get(path);
    }
  }

  private void work(Line line, String runtime) throws IOException, InterruptedException {
    var task = line.claim(runtime).path("task");
    if (!task.isObject()) {
      return;
    }
    var path = "/api/daemon/tasks/" + id(task);
    line.post(path + "/start", "{}");
    if (ended.get() % REPORTS_EACH == 0) {
      line.post(path + "/progress", "{\"summary\":\"Working\",\"step\":1,\"total\":2}");
      line.post(
          path + "/messages",
          "{\"messages\":[{\"seq\":1,\"type\":\"text\",\"content\":\"Looking around.\"}]}");
      line.post("/api/daemon/heartbeat", "{\"runtime_id\":\"" + runtime + "\"}");
    }
    if (ended.get() % LOOKS_EACH == 0) {
      line.post(path + "/fail", "{\"error\":\"exit 1\"}");
    } else {
      line.post(path + "/complete", "{\"output\":\"Done.\"}");
    }
    ended.incrementAndGet();
  }
}
