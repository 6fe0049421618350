package dev.muster.events.feed;

import com.zaxxer.hikari.HikariDataSource;
import dev.muster.events.FeedNames;
import dev.muster.events.kafka.KafkaClients;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/// The feed's own loops as a process has them: one relay, one publisher, one table of tasks,
/// connections of their own.
public record FeedParts(HikariDataSource pool, Relay relay, Publisher publisher, TaskTable tasks)
    implements AutoCloseable {
  /// Builds them; what is not started stands still.
  ///
  /// @param name of the connections to Postgres
  /// @param around what stands between the publisher and its producer
  public static FeedParts of(
      String jdbcUrl, String kafka, String name, UnaryOperator<Producer<byte[], byte[]>> around) {
    return of(
        jdbcUrl, FeedRig.clients(kafka, FeedNames.DEFAULT), name, around, InstantSource.system());
  }

  /// @param clock what records' times are bounded by
  static FeedParts of(
      String jdbcUrl,
      KafkaClients clients,
      String name,
      UnaryOperator<Producer<byte[], byte[]>> around,
      InstantSource clock) {
    var pool = FeedRig.pool(jdbcUrl, name, 4);
    var db = JdbcClient.create(pool);
    var transaction = new TransactionTemplate(new JdbcTransactionManager(pool));
    var database = FeedDatabase.of(pool, db, transaction);
    var tail = FeedConfiguration.tail(clients, database.log());
    var publisher =
        new Publisher(
            database,
            clients.names().events(),
            tail,
            turn -> around.apply(new KafkaProducer<>(clients.writer(Integer.toString(turn)))),
            clock,
            null);
    var tasks =
        new TaskTable(
            database,
            clients.names().tasks(),
            tail,
            new StrangeTasks(FeedConfiguration.consumers(clients), db),
            () -> around.apply(new KafkaProducer<>(clients.writer(TaskTable.WRITER))),
            clock);
    return new FeedParts(pool, new Relay(new JdbcTemplate(pool)), publisher, tasks);
  }

  /// Whether both writers leave the topics alone, without ever having had a producer for them.
  public static boolean areRefused(String jdbcUrl, String kafka, FeedNames names) throws Exception {
    var made = new AtomicInteger();
    try (var parts =
        of(
            jdbcUrl,
            FeedRig.clients(kafka, names),
            "refused",
            producer -> {
              made.incrementAndGet();
              return producer;
            },
            InstantSource.system())) {
      return isRefused(parts.publisher::step) && isRefused(parts.tasks::step) && made.get() == 0;
    }
  }

  private interface Step {
    void run() throws Exception;
  }

  private static boolean isRefused(Step step) throws Exception {
    try {
      step.run();
      return false;
    } catch (OtherHistory e) {
      return true;
    }
  }

  public void start() {
    relay.start();
    publisher.start();
    tasks.start();
  }

  /// Wakes the relay as commits do, all the time, so that relays of several processes meet.
  void wakeAlways() {
    Thread.ofVirtual()
        .start(() -> {
          while (!pool.isClosed()) {
            relay.wake();
            LockSupport.parkNanos(1_000_000);
          }
        });
  }

  @Override
  public void close() {
    Stream.of(publisher, tasks, relay).filter(Loop::isRunning).forEach(Loop::stop);
    pool.close();
  }
}
