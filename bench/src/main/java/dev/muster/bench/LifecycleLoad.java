package dev.muster.bench;

import java.io.IOException;
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
import org.jspecify.annotations.Nullable;

/// Clients that make tasks in workspaces of their own, and runtimes that claim, start and complete
/// them, until it is closed.
final class LifecycleLoad implements AutoCloseable {
  private static final int WORKSPACES = Integer.getInteger("muster.bench.workspaces", 1);
  private static final int RUNTIMES = Integer.getInteger("muster.bench.runtimes", 8);
  private static final int SLOTS = Integer.getInteger("muster.bench.slots", 4);
  private static final int CREATORS = Integer.getInteger("muster.bench.creators", 8);
  private static final int RATE = Integer.getInteger("muster.bench.rate", 0);

  /// How many tasks may be made and not completed: enough that no worker waits for one.
  private static final int UNDER_WAY_MAX = Integer.getInteger("muster.bench.open", 200);

  private static final boolean SELECT = Boolean.getBoolean("muster.bench.select");
  private static final Pattern TASK = Pattern.compile("\"task\":\\{\"id\":\"([0-9a-f-]{36})\"");

  private final StartedMuster muster;
  private final Semaphore underWay = new Semaphore(UNDER_WAY_MAX);
  private final AtomicLong made = new AtomicLong();
  private final AtomicLong completed = new AtomicLong();
  private final AtomicLong due = new AtomicLong();
  private final Map<String, Long> asked = new ConcurrentHashMap<>();
  private final ConcurrentHistogram claimed = new ConcurrentHistogram(3);
  private final List<Kind> kinds = new ArrayList<>();
  private final List<Thread> threads = new ArrayList<>();
  private volatile boolean isOver;
  private volatile @Nullable IOException failure;

  /// Tasks of one runtime's: where they are made, and the member that names who is to run them.
  private record Kind(String workspace, String runBy) {}

  private LifecycleLoad(StartedMuster muster) {
    this.muster = muster;
  }

  static LifecycleLoad start(StartedMuster muster) throws IOException {
    var load = new LifecycleLoad(muster);
    try (var line = muster.line()) {
      load.begin(line);
    }
    return load;
  }

  private void begin(HttpLine line) throws IOException {
    var workspaces = new ArrayList<String>();
    for (var i = 0; i < WORKSPACES; i++) {
      workspaces.add(workspace(line));
    }
    for (var i = 0; i < RUNTIMES; i++) {
      var workspace = workspaces.get(i % WORKSPACES);
      var runtime = register(line, workspace, i);
      var task = SELECT ? "\"provider\":\"claude\"" : agent(line, workspace, runtime);
      for (var slot = 0; slot < SLOTS; slot++) {
        begin(own -> work(own, runtime));
      }
      kinds.add(new Kind(workspace, task));
    }
    due.set(System.nanoTime());
    for (var i = 0; i < CREATORS; i++) {
      var creator = i;
      begin(own -> create(own, creator));
    }
  }

  /// How many lives have come to their end.
  ///
  /// @throws IOException if a client was refused: fewer clients are another load
  long completed() throws IOException {
    if (failure != null) {
      throw new IOException("a client was refused", failure);
    }
    return completed.get();
  }

  /// From asking for a task to a claim's answer, in nanoseconds, since the last time this was
  /// called.
  Histogram askedToClaimed() {
    var histogram = claimed.copy();
    claimed.reset();
    return histogram;
  }

  private static String workspace(HttpLine line) throws IOException {
    var slug = "bench-" + Long.toString(System.nanoTime(), 36);
    return Ids.first(
        line.post("/api/workspaces", "", "{\"name\":\"Bench\",\"slug\":\"%s\"}".formatted(slug)));
  }

  private static String register(HttpLine line, String workspace, int daemon) throws IOException {
    return Ids.first(
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
    return "\"agent_id\":\"" + Ids.first(agent) + "\"";
  }

  private interface Job {
    void run(HttpLine line) throws IOException;
  }

  private void begin(Job job) {
    threads.add(
        Thread.ofVirtual()
            .start(() -> {
              try (var line = muster.line()) {
                while (!isOver) {
                  job.run(line);
                }
              } catch (IOException e) {
                if (!isOver) {
                  failure = e;
                }
              }
            }));
  }

  private void create(HttpLine line, int creator) throws IOException {
    underWay.acquireUninterruptibly();
    if (RATE > 0) {
      var at = due.getAndAdd(1_000_000_000L / RATE);
      while (System.nanoTime() < at) {
        LockSupport.parkNanos(at - System.nanoTime());
      }
    }
    var title = Long.toString(System.nanoTime(), 36) + "-" + creator;
    asked.put(title, System.nanoTime());
    var kind = kinds.get((int) (made.getAndIncrement() % kinds.size()));
    line.post(
        "/api/tasks?workspace_id=" + kind.workspace(),
        "",
        "{\"title\":\"%s\",\"prompt\":\"Make the build green.\",%s}"
            .formatted(title, kind.runBy()));
  }

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

  @Override
  public void close() {
    isOver = true;
    try {
      for (var thread : threads) {
        thread.join(TimeUnit.SECONDS.toMillis(1));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
