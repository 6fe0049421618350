package dev.muster.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.HdrHistogram.ConcurrentHistogram;

/// What the heartbeats of many runtimes cost Postgres, in processor time, and how long a beat takes
/// to be answered.
///
/// It runs against a started Muster with embedded servers, whose data directory says where
/// everything is, as [LifecycleBenchmark].
public final class HeartbeatBenchmark {
  private static final int RUNTIMES = Integer.getInteger("muster.bench.runtimes", 10_000);
  private static final int PERIOD_SECONDS = Integer.getInteger("muster.bench.period", 15);
  private static final int WARM_UP_SECONDS = Integer.getInteger("muster.bench.warmup", 45);
  private static final int SECONDS = Integer.getInteger("muster.bench.seconds", 60);

  /// Whether daemons name their processes, as the seed's do not.
  private static final boolean NAMED = Boolean.getBoolean("muster.bench.named");

  private static final int RUNTIMES_PER_DAEMON = 100;
  private static final int LINES = 8;
  private static final double NANOS_PER_MILLI = 1e6;

  private final StartedMuster muster;
  private final ConcurrentHistogram answered = new ConcurrentHistogram(3);

  private HeartbeatBenchmark(StartedMuster muster) {
    this.muster = muster;
  }

  public static void main(String[] arguments) throws Exception {
    new HeartbeatBenchmark(StartedMuster.ofEnvironment()).run();
  }

  private void run() throws Exception {
    var runtimes = new ArrayList<String>();
    try (var line = muster.line()) {
      var slug = "bench-" + Long.toString(System.nanoTime(), 36);
      var workspace =
          Ids.all(
                  line.post(
                      "/api/workspaces",
                      "",
                      "{\"name\":\"Bench\",\"slug\":\"%s\"}".formatted(slug)))
              .getFirst();
      for (var daemon = 0; runtimes.size() < RUNTIMES; daemon++) {
        runtimes.addAll(register(line, workspace, daemon));
      }
    }
    var postgres = new PostgresTime(muster.data());
    Thread.sleep(TimeUnit.SECONDS.toMillis(5));
    var idle = postgres.over(Duration.ofSeconds(15), () -> Thread.sleep(15_000));
    beat(runtimes, WARM_UP_SECONDS);
    answered.reset();
    var busy = postgres.over(Duration.ofSeconds(SECONDS), () -> beat(runtimes, SECONDS));
    System.out.printf(
        "%d runtimes, a beat each %d s, %s: Postgres %.1f %% of a core (%.1f %% before the first beat);"
            + " answered p50 %.1f ms, p99 %.1f (%d beats)%n",
        runtimes.size(),
        PERIOD_SECONDS,
        NAMED ? "processes named" : "processes not named",
        100 * busy,
        100 * idle,
        answered.getValueAtPercentile(50) / NANOS_PER_MILLI,
        answered.getValueAtPercentile(99) / NANOS_PER_MILLI,
        answered.getTotalCount());
  }

  private static List<String> register(HttpLine line, String workspace, int daemon)
      throws IOException {
    var runtimes =
        IntStream.range(0, RUNTIMES_PER_DAEMON)
            .mapToObj("{\"type\":\"p%d\"}"::formatted)
            .toList()
            .toString();
    var process = NAMED ? ",\"process_id\":\"" + process(daemon) + "\"" : "";
    return Ids.all(
        line.post(
            "/api/daemon/register",
            "",
            "{\"workspace_id\":\"%s\",\"daemon_id\":\"bench%d\"%s,\"runtimes\":%s}"
                .formatted(workspace, daemon, process, runtimes)));
  }

  private static String process(int daemon) {
    return "process-" + daemon;
  }

  /// Beats for so long, each runtime at its own time.
  private void beat(List<String> runtimes, int seconds) throws InterruptedException {
    var begin = System.nanoTime();
    var gap = TimeUnit.SECONDS.toNanos(PERIOD_SECONDS) / runtimes.size();
    var beats = TimeUnit.SECONDS.toNanos(seconds) / gap;
    var next = new AtomicInteger();
    var threads =
        IntStream.range(0, LINES)
            .mapToObj(_ ->
                Thread.ofVirtual()
                    .start(() -> {
                      try (var line = muster.line()) {
                        for (var i = next.getAndIncrement();
                            i < beats;
                            i = next.getAndIncrement()) {
                          var at = begin + i * gap;
                          while (System.nanoTime() < at) {
                            LockSupport.parkNanos(at - System.nanoTime());
                          }
                          beat(line, runtimes, i % runtimes.size());
                          answered.recordValue(System.nanoTime() - at);
                        }
                      } catch (IOException e) {
                        throw new UncheckedIOException(e);
                      }
                    }))
            .toList();
    for (var thread : threads) {
      thread.join();
    }
  }

  private static void beat(HttpLine line, List<String> runtimes, int runtime) throws IOException {
    var process = NAMED ? ",\"process_id\":\"" + process(runtime / RUNTIMES_PER_DAEMON) + "\"" : "";
    line.post(
        "/api/daemon/heartbeat",
        "",
        "{\"runtime_id\":\"%s\"%s}".formatted(runtimes.get(runtime), process));
  }
}
