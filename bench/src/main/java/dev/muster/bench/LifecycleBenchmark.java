package dev.muster.bench;

import dev.muster.standalone.feed.FeedTools;
import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// Whole lives of tasks over HTTP: made, claimed, started, completed. As many a second as a Muster
/// takes, or at a steady rate, and then also how long it is from asking for a task to a parked
/// claim's answer; what each costs Postgres and the JVM; and how many plain lives the same Postgres
/// takes in the same run. The feed is verified after it.
///
/// It runs against a started Muster, whose data directory says where everything is: `MUSTER_DATA=…
/// SERVER_PORT=8080 ./muster start`, then this with the same environment.
public final class LifecycleBenchmark {
  private static final int WARM_UP_SECONDS = Integer.getInteger("muster.bench.warmup", 120);
  private static final int SECONDS = Integer.getInteger("muster.bench.seconds", 20);
  private static final int ROUNDS = Integer.getInteger("muster.bench.rounds", 3);
  private static final double NANOS_PER_MILLI = 1e6;
  private static final double NANOS_PER_SECOND = 1e9;

  private final LifecycleLoad load;
  private final Meter meter;

  private LifecycleBenchmark(LifecycleLoad load, Meter meter) {
    this.load = load;
    this.meter = meter;
  }

  public static void main(String[] arguments) throws Exception {
    var muster = StartedMuster.ofEnvironment();
    try (var meter = new Meter(muster)) {
      var rates = new ArrayList<Double>();
      try (var load = LifecycleLoad.start(muster)) {
        var benchmark = new LifecycleBenchmark(load, meter);
        benchmark.measure(WARM_UP_SECONDS, "warm-up");
        for (var round = 1; round <= ROUNDS; round++) {
          rates.add(benchmark.measure(SECONDS, "round " + round));
        }
      }
      var connections = meter.connections();
      var plain = PlainLives.perSecond(muster.jdbcUrl(), connections, SECONDS);
      System.out.printf(
          "four plain transactions a life, on the same Postgres, %d connections: %.0f lives/s; Muster does %.2f of it%n",
          connections,
          plain,
          rates.stream().mapToDouble(Double::doubleValue).average().orElse(Double.NaN) / plain);
    }
    System.exit(
        FeedTools.verify(
            Map.of(
                "SPRING_DATASOURCE_URL",
                muster.jdbcUrl(),
                "SPRING_KAFKA_BOOTSTRAP_SERVERS",
                muster.kafka()),
            new String[0]));
  }

  private double measure(int seconds, String name) throws IOException, SQLException {
    var before = meter.read();
    var _ = load.askedToClaimed();
    var completed = load.completed();
    var begin = System.nanoTime();
    for (var second = 1; second <= seconds; second++) {
      var next = begin + TimeUnit.SECONDS.toNanos(second);
      while (System.nanoTime() < next) {
        LockSupport.parkNanos(next - System.nanoTime());
      }
      meter.look();
    }
    var took = (System.nanoTime() - begin) / NANOS_PER_SECOND;
    var lives = load.completed() - completed;
    var late = load.askedToClaimed();
    System.out.printf(
        "%s: %.0f lifecycles/s for %d s; asked to claimed p50 %.1f ms, p95 %.1f, p99 %.1f, max %.1f%n  %s%n",
        name,
        lives / took,
        seconds,
        late.getValueAtPercentile(50) / NANOS_PER_MILLI,
        late.getValueAtPercentile(95) / NANOS_PER_MILLI,
        late.getValueAtPercentile(99) / NANOS_PER_MILLI,
        late.getMaxValue() / NANOS_PER_MILLI,
        new Costs(before, meter.read(), lives, took).text());
    return lives / took;
  }
}
