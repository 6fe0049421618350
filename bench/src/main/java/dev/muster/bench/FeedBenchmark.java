package dev.muster.bench;

import dev.muster.events.FeedNames;
import dev.muster.events.feed.FeedLog;
import dev.muster.events.feed.FeedRecords;
import dev.muster.events.feed.Loop;
import dev.muster.events.feed.Outbox;
import dev.muster.events.feed.Publisher;
import dev.muster.events.feed.Relay;
import dev.muster.events.feed.TaskTable;
import dev.muster.standalone.Applications;
import dev.muster.standalone.EmbeddedBroker;
import dev.muster.standalone.EmbeddedDatabase;
import dev.muster.standalone.feed.FeedTools;
import java.nio.file.Files;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.ConcurrentHistogram;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;

/// From the commit to the record: how late at a steady 500 events a second, and how many a second
/// when there is a backlog, beside what the same broker takes from a bare producer.
public final class FeedBenchmark {
  private static final int PER_SECOND = Integer.getInteger("muster.bench.rate", 500);
  private static final int SECONDS = Integer.getInteger("muster.bench.seconds", 30);
  private static final int ROUNDS = Integer.getInteger("muster.bench.rounds", 100);
  private static final int EVENTS_PER_LIFECYCLE = 5;
  private static final int SAMPLE = 1_000;
  private static final int SAMPLE_BYTES = 16 * 1024 * 1024;
  private static final int PARTITIONS = 12;
  private static final double NANOS_PER_MILLI = 1e6;
  private static final double NANOS_PER_SECOND = 1e9;
  private static final String TOKEN = "mul_" + "0123456789".repeat(4);

  private FeedBenchmark() {}

  public static void main(String[] arguments) throws Exception {
    var directory = Files.createTempDirectory("muster-bench");
    var code = 0;
    try (var database = EmbeddedDatabase.start(directory.resolve("postgres"));
        var broker = EmbeddedBroker.start(directory.resolve("kafka"), 0);
        var api =
            Applications.api(database.jdbcUrl(), broker.address(), TOKEN, "--server.port=0")) {
      var load = new Load(database.jdbcUrl(), api.getBean(JdbcClient.class));
      latency(load, api, broker.address());
      drain(load, api, broker.address());
      code =
          FeedTools.verify(
              Map.of(
                  "SPRING_DATASOURCE_URL",
                  database.jdbcUrl(),
                  "SPRING_KAFKA_BOOTSTRAP_SERVERS",
                  broker.address()),
              new String[0]);
    }
    System.exit(code);
  }

  private static void latency(Load load, ConfigurableApplicationContext api, String kafka)
      throws Exception {
    var outbox = api.getBean(Outbox.class);
    Map<String, Long> commits = new ConcurrentHashMap<>();
    var late = new ConcurrentHistogram(3);
    var time = "";
    try (var reader =
        new FeedReader(
            kafka,
            (event, now) -> {
              var committed = commits.get(event);
              if (committed != null) {
                late.recordValue(Math.max(0, now - committed));
              }
            })) {
      load.steady(PER_SECOND, 5, outbox::wake, (_, _) -> {});
      var spent = new FeedTime();
      load.steady(PER_SECOND, SECONDS, outbox::wake, commits::put);
      time = spent.per((double) PER_SECOND * SECONDS / EVENTS_PER_LIFECYCLE);
      var all = (long) PER_SECOND * (5 + SECONDS);
      while (reader.records() < all) {
        LockSupport.parkNanos(1_000_000);
      }
    }
    System.out.printf(
        "%d events/s for %d s, commit to readable record: p50 %.1f ms, p95 %.1f, p99 %.1f, max %.1f (%d events)%n",
        PER_SECOND,
        SECONDS,
        late.getValueAtPercentile(50) / NANOS_PER_MILLI,
        late.getValueAtPercentile(95) / NANOS_PER_MILLI,
        late.getValueAtPercentile(99) / NANOS_PER_MILLI,
        late.getMaxValue() / NANOS_PER_MILLI,
        late.getTotalCount());
    System.out.printf("  a lifecycle's %d events: %s%n", EVENTS_PER_LIFECYCLE, time);
  }

  private static void drain(Load load, ConfigurableApplicationContext api, String kafka)
      throws Exception {
    var loops =
        List.of(
            api.getBean(Relay.class), api.getBean(Publisher.class), api.getBean(TaskTable.class));
    loops.forEach(Loop::stop);
    var events = load.flood(ROUNDS);
    var perSecond = 0.0;
    var bytes = 0L;
    try (var reader = new FeedReader(kafka, (_, _) -> {})) {
      var begin = System.nanoTime();
      loops.forEach(Loop::start);
      while (reader.records() < events) {
        LockSupport.parkNanos(1_000_000);
      }
      perSecond = events / ((System.nanoTime() - begin) / NANOS_PER_SECOND);
      bytes = reader.bytes() / reader.records();
    }
    var limit = limit(api.getBean(FeedLog.class), kafka, events);
    System.out.printf(
        "drain of %d events of %d bytes, outbox to readable record: %.0f/s; bare producer, same bytes: %.0f/s; ratio %.2f%n",
        events, bytes, perSecond, limit, perSecond / limit);
  }

  /// What a bare producer is acknowledged for the same records, after a warm-up.
  private static double limit(FeedLog feedLog, String kafka, int events) throws Exception {
    var raw = new RawProducer(kafka);
    var records = new FeedRecords(FeedNames.DEFAULT.events(), PARTITIONS, feedLog.epoch());
    var sample =
        feedLog.afterLogId(0, SAMPLE, SAMPLE_BYTES).stream()
            .map(entry -> records.of(entry.event(), Instant.now()))
            .toList();
    raw.perSecond(sample, events / sample.size() / 4);
    return raw.perSecond(sample, events / sample.size());
  }
}
