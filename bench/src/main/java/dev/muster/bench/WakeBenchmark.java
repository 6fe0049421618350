package dev.muster.bench;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.HdrHistogram.ConcurrentHistogram;
import org.jspecify.annotations.Nullable;

/// How long a task waits for a daemon that claims when its socket tells it to: from asking for the
/// task to the answer of `start`, while many daemons are connected; and what a daemon's socket
/// costs in memory.
///
/// It runs against a started Muster with embedded servers, as [LifecycleBenchmark].
public final class WakeBenchmark {
  private static final int DAEMONS = Integer.getInteger("muster.bench.daemons", 1_000);
  private static final int AT_WORK = Integer.getInteger("muster.bench.busy", 100);
  private static final int PER_SECOND = Integer.getInteger("muster.bench.rate", 20);
  private static final int WARM_UP_SECONDS = Integer.getInteger("muster.bench.warmup", 60);
  private static final int SECONDS = Integer.getInteger("muster.bench.seconds", 60);
  private static final int LINES = 16;
  private static final Pattern TASK = Pattern.compile("\"task\":\\{\"id\":\"([0-9a-f-]{36})\"");
  private static final Pattern WOKEN =
      Pattern.compile("daemon:task_available.*\"runtime_id\":\"([0-9a-f-]{36})\"");
  private static final double NANOS_PER_MILLI = 1e6;

  private final StartedMuster muster;
  private final BlockingQueue<String> woken = new LinkedBlockingQueue<>();
  private final Map<String, Long> askedOf = new ConcurrentHashMap<>();
  private final ConcurrentHistogram running = new ConcurrentHistogram(3);
  private final AtomicReference<@Nullable IOException> failure = new AtomicReference<>();

  private WakeBenchmark(StartedMuster muster) {
    this.muster = muster;
  }

  public static void main(String[] arguments) throws Exception {
    new WakeBenchmark(StartedMuster.ofEnvironment()).run();
    System.exit(0);
  }

  private void run() throws Exception {
    try (var line = muster.line()) {
      var slug = "bench-" + Long.toString(System.nanoTime(), 36);
      var workspace =
          Ids.first(
              line.post(
                  "/api/workspaces", "", "{\"name\":\"Bench\",\"slug\":\"%s\"}".formatted(slug)));
      var runtimes = new ArrayList<String>();
      for (var i = 0; i < DAEMONS; i++) {
        runtimes.add(register(line, workspace, i));
      }
      var agents = agents(line, workspace, runtimes.subList(0, AT_WORK));
      var jvm = ServerJvm.on(muster.data());
      var before = jvm.heapInUse();
      var sockets = connect(runtimes);
      var perSocket = (jvm.heapInUse() - before) / DAEMONS;
      work();
      make(line, workspace, agents, WARM_UP_SECONDS);
      running.reset();
      make(line, workspace, agents, SECONDS);
      System.out.printf(
          "%d daemons connected, %d tasks/s for %d s: asked to running p50 %.1f ms, p95 %.1f, p99 %.1f, max %.1f"
              + " (%d tasks); %d bytes of heap a socket%n",
          sockets.size(),
          PER_SECOND,
          SECONDS,
          running.getValueAtPercentile(50) / NANOS_PER_MILLI,
          running.getValueAtPercentile(95) / NANOS_PER_MILLI,
          running.getValueAtPercentile(99) / NANOS_PER_MILLI,
          running.getMaxValue() / NANOS_PER_MILLI,
          running.getTotalCount(),
          perSocket);
    }
  }

  private static String register(HttpLine line, String workspace, int daemon) throws IOException {
    return Ids.first(
        line.post(
            "/api/daemon/register",
            "",
            "{\"workspace_id\":\"%s\",\"daemon_id\":\"wake%d\",\"runtimes\":[{\"type\":\"claude\",\"max_concurrent_tasks\":4}]}"
                .formatted(workspace, daemon)));
  }

  /// The agents of runtimes, by their runtimes.
  private static Map<String, String> agents(HttpLine line, String workspace, List<String> runtimes)
      throws IOException {
    var agents = new HashMap<String, String>();
    for (var runtime : runtimes) {
      agents.put(
          runtime,
          Ids.first(
              line.post(
                  "/api/agents?workspace_id=" + workspace,
                  "",
                  "{\"name\":\"Bench %s\",\"runtime_id\":\"%s\",\"max_concurrent_tasks\":4}"
                      .formatted(runtime, runtime))));
    }
    return agents;
  }

  private List<WebSocket> connect(List<String> runtimes) {
    var http = HttpClient.newHttpClient();
    var sockets = new ArrayList<WebSocket>();
    for (var runtime : runtimes) {
      sockets.add(
          http.newWebSocketBuilder()
              .header("Authorization", "Bearer " + muster.token())
              .buildAsync(
                  URI.create(
                      "ws://%s/api/daemon/ws?runtime_ids=%s"
                          .formatted(muster.server().getAuthority(), runtime)),
                  new Listener())
              .join());
    }
    return sockets;
  }

  /// Notes which runtime is told of work.
  private final class Listener implements WebSocket.Listener {
    private final StringBuilder frame = new StringBuilder();

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence part, boolean last) {
      frame.append(part);
      if (last) {
        var matcher = WOKEN.matcher(frame);
        if (matcher.find()) {
          woken.add(matcher.group(1));
        }
        frame.setLength(0);
      }
      from.request(1);
      return null;
    }
  }

  private void work() {
    for (var i = 0; i < LINES; i++) {
      var _ =
          Thread.ofVirtual()
              .start(() -> {
                try (var line = muster.line()) {
                  while (true) {
                    work(line, woken.take());
                  }
                } catch (IOException e) {
                  failure.set(e);
                } catch (InterruptedException e) {
                  Thread.currentThread().interrupt();
                }
              });
    }
  }

  /// Claims until there is nothing, starts and completes.
  private void work(HttpLine line, String runtime) throws IOException {
    while (true) {
      var claim = line.post("/api/daemon/runtimes/" + runtime + "/tasks/claim", "", "{}");
      var matcher = TASK.matcher(claim);
      if (!matcher.find()) {
        return;
      }
      var task = "/api/daemon/tasks/" + matcher.group(1);
      line.post(task + "/start", "", "{}");
      var asked = askedOf.remove(runtime);
      if (asked != null) {
        running.recordValue(System.nanoTime() - asked);
      }
      line.post(task + "/complete", "", "{\"output\":\"Done.\"}");
    }
  }

  /// Makes tasks at a steady rate, for one runtime after the other.
  private void make(HttpLine line, String workspace, Map<String, String> agents, int seconds)
      throws IOException {
    var runtimes = List.copyOf(agents.keySet());
    var begin = System.nanoTime();
    for (var i : IntStream.range(0, seconds * PER_SECOND).toArray()) {
      var at = begin + i * 1_000_000_000L / PER_SECOND;
      while (System.nanoTime() < at) {
        LockSupport.parkNanos(at - System.nanoTime());
      }
      var runtime = runtimes.get(i % runtimes.size());
      askedOf.put(runtime, System.nanoTime());
      line.post(
          "/api/tasks?workspace_id=" + workspace,
          "",
          "{\"title\":\"Wake %d\",\"agent_id\":\"%s\"}".formatted(i, agents.get(runtime)));
    }
    var failed = failure.get();
    if (failed != null) {
      throw new IOException("a daemon was refused", failed);
    }
  }
}
