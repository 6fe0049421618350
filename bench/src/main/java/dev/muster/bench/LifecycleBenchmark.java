package dev.muster.bench;

import dev.muster.standalone.feed.FeedTools;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/// Whole lives of tasks over HTTP: made, claimed, started, completed. As many a second as a Muster
/// takes, or at a steady rate, and then also how long it is from asking for a task to a parked
/// claim's answer. The feed is verified after it.
///
/// It runs against a started Muster, whose data directory says where everything is: `MUSTER_DATA=…
/// SERVER_PORT=8080 ./muster start`, then this with the same environment.
public final class LifecycleBenchmark {
  private static final int RUNTIMES = Integer.getInteger("muster.bench.runtimes", 8);
  private static final int SLOTS = Integer.getInteger("muster.bench.slots", 4);
  private static final int CREATORS = Integer.getInteger("muster.bench.creators", 8);
  private static final int RATE = Integer.getInteger("muster.bench.rate", 0);
  private static final int WARM_UP_SECONDS = Integer.getInteger("muster.bench.warmup", 20);
  private static final int SECONDS = Integer.getInteger("muster.bench.seconds", 20);
  private static final int ROUNDS = Integer.getInteger("muster.bench.rounds", 3);

  /// How many tasks may be made and not completed: enough that no worker waits for one.
  private static final int UNDER_WAY_MAX = Integer.getInteger("muster.bench.open", 200);

  private static final boolean SELECT = Boolean.getBoolean("muster.bench.select");
  private static final Pattern ID = Pattern.compile("\"id\":\"([0-9a-f-]{36})\"");
  private static final Pattern TASK = Pattern.compile("\"task\":\\{\"id\":\"([0-9a-f-]{36})\"");
  private static final double NANOS_PER_MILLI = 1e6;
  private static final double NANOS_PER_SECOND = 1e9;

  private final URI server;
  private final String token;
  private final Semaphore underWay = new Semaphore(UNDER_WAY_MAX);
  private final AtomicLong completed = new AtomicLong();
  private final AtomicLong due = new AtomicLong();
  private final Map<String, Long> asked = new ConcurrentHashMap<>();
  private final ConcurrentHistogram claimed = new ConcurrentHistogram(3);
  private final List<Thread> threads = new ArrayList<>();
  private volatile boolean isOver;

  private LifecycleBenchmark(URI server, String token) {
    this.server = server;
    this.token = token;
  }

  public static void main(String[] arguments) throws Exception {
    var data = Path.of(System.getenv().getOrDefault("MUSTER_DATA", "data"));
    var port = System.getenv().getOrDefault("SERVER_PORT", "8080");
    new LifecycleBenchmark(
            URI.create("http://127.0.0.1:" + port), Files.readString(data.resolve("token")).strip())
        .run();
    System.exit(
        FeedTools.verify(
            Map.of(
                "SPRING_DATASOURCE_URL",
                Files.readString(data.resolve("postgres.url")).strip(),
                "SPRING_KAFKA_BOOTSTRAP_SERVERS",
                Files.readString(data.resolve("kafka.address")).strip()),
            new String[0]));
  }

  private void run() throws Exception {
    try (var line = new HttpLine(server, token)) {
      var slug = "bench-" + Long.toString(System.nanoTime(), 36);
      var workspace =
          id(
              line.post(
                  "/api/workspaces", "", "{\"name\":\"Bench\",\"slug\":\"%s\"}".formatted(slug)));
      for (var i = 0; i < RUNTIMES; i++) {
        var runtime = register(line, workspace, i);
        var task = SELECT ? "\"provider\":\"claude\"" : agent(line, workspace, runtime);
        for (var slot = 0; slot < SLOTS; slot++) {
          begin(own -> work(own, runtime));
        }
        tasks.add(task);
      }
      due.set(System.nanoTime());
      for (var i = 0; i < CREATORS; i++) {
        var creator = i;
        begin(own -> create(own, workspace, creator));
      }
      measure(WARM_UP_SECONDS, "warm-up");
      for (var round = 1; round <= ROUNDS; round++) {
        measure(SECONDS, "round " + round);
      }
    }
    isOver = true;
    for (var thread : threads) {
      thread.join(TimeUnit.SECONDS.toMillis(1));
    }
  }

  private final List<String> tasks = new ArrayList<>();

  private static String register(HttpLine line, String workspace, int daemon) throws IOException {
    return id(
        line.post(
            "/api/daemon/register",
            "",
            "{\"workspace_id\":\"%s\",\"daemon_id\":\"bench%d\",\"runtimes\":[{\"type\":\"claude\",\"max_concurrent_tasks\":%d}]}"
                .formatted(workspace, daemon, SLOTS)));
  }

  private static String agent(HttpLine line, String workspace, String runtime) throws IOException {
    var agent =
        line.post(
            "/api/agents?workspace_id=" + workspace,
            "",
            "{\"name\":\"Bench\",\"runtime_id\":\"%s\",\"max_concurrent_tasks\":%d}"
                .formatted(runtime, SLOTS));
    return "\"agent_id\":\"" + id(agent) + "\"";
  }

  private static String id(String answer) {
    var matcher = ID.matcher(answer);
    if (!matcher.find()) {
      throw new IllegalStateException("no id in " + answer);
    }
    return matcher.group(1);
  }

  private interface Job {
    void run(HttpLine line) throws IOException;
  }

  private void begin(Job job) {
    threads.add(
        Thread.ofVirtual()
            .start(() -> {
              try (var line = new HttpLine(server, token)) {
                while (!isOver) {
                  job.run(line);
                }
              } catch (IOException e) {
                if (!isOver) {
                  throw new UncheckedIOException(e);
                }
              }
            }));
  }

  private void create(HttpLine line, String workspace, int creator) throws IOException {
    underWay.acquireUninterruptibly();
    if (RATE > 0) {
      var at = due.getAndAdd(1_000_000_000L / RATE);
      while (System.nanoTime() < at) {
        LockSupport.parkNanos(at - System.nanoTime());
      }
    }
    var title = Long.toString(System.nanoTime(), 36) + "-" + creator;
    asked.put(title, System.nanoTime());
    line.post(
        "/api/tasks?workspace_id=" + workspace,
        "",
        "{\"title\":\"%s\",\"prompt\":\"Make the build green.\",%s}"
            .formatted(title, tasks.get((int) (made.getAndIncrement() % tasks.size()))));
  }

  private final AtomicLong made = new AtomicLong();

  private void work(HttpLine line, String runtime) throws IOException {
    var claim =
        line.post("/api/daemon/runtimes/" + runtime + "/tasks/claim", "Prefer: wait=20\r\n", "{}");
    var now = System.nanoTime();
    var matcher = TASK.matcher(claim);
    if (!matcher.find()) {
      return;
    }
    var task = matcher.group(1);
    var title = claim.indexOf("\"title\":\"");
    if (title > 0) {
      var begun = asked.remove(claim.substring(title + 9, claim.indexOf('"', title + 9)));
      if (begun != null) {
        claimed.recordValue(now - begun);
      }
    }
    line.post("/api/daemon/tasks/" + task + "/start", "", "{}");
    line.post("/api/daemon/tasks/" + task + "/complete", "", "{\"output\":\"Done.\"}");
    completed.incrementAndGet();
    underWay.release();
  }

  private void measure(int seconds, String name) throws Exception {
    claimed.reset();
    var before = completed.get();
    var begin = System.nanoTime();
    var end = begin + TimeUnit.SECONDS.toNanos(seconds);
    while (System.nanoTime() < end) {
      LockSupport.parkNanos(end - System.nanoTime());
    }
    var lives = completed.get() - before;
    Histogram late = claimed.copy();
    System.out.printf(
        "%s: %.0f lifecycles/s for %d s; asked to claimed p50 %.1f ms, p95 %.1f, p99 %.1f, max %.1f%n",
        name,
        lives / ((System.nanoTime() - begin) / NANOS_PER_SECOND),
        seconds,
        late.getValueAtPercentile(50) / NANOS_PER_MILLI,
        late.getValueAtPercentile(95) / NANOS_PER_MILLI,
        late.getValueAtPercentile(99) / NANOS_PER_MILLI,
        late.getMaxValue() / NANOS_PER_MILLI);
  }
}
