package dev.muster.events.feed;

import com.zaxxer.hikari.HikariDataSource;
import java.time.InstantSource;
import java.util.concurrent.locks.LockSupport;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.springframework.boot.kafka.autoconfigure.KafkaProperties;
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
    return of(jdbcUrl, kafka, name, around, InstantSource.system());
  }

  /// @param clock what records' times are bounded by
  static FeedParts of(
      String jdbcUrl,
      String kafka,
      String name,
      UnaryOperator<Producer<byte[], byte[]>> around,
      InstantSource clock) {
    var pool = FeedRig.pool(jdbcUrl, name, 4);
    var db = JdbcClient.create(pool);
    var transaction = new TransactionTemplate(new JdbcTransactionManager(pool));
    var properties = FeedRig.kafkaProperties(kafka);
    var consumers = FeedConfiguration.consumers(properties);
    var database = FeedDatabase.of(pool, db, transaction);
    var tail = new PublishedTail(consumers, database.log());
    var publisher =
        new Publisher(
            database,
            tail,
            turn -> around.apply(producer(properties, Integer.toString(turn))),
            clock,
            null);
    var tasks =
        new TaskTable(
            database,
            tail,
            new StrangeTasks(consumers, db),
            () -> around.apply(producer(properties, TaskTable.WRITER)),
            clock);
    return new FeedParts(pool, new Relay(new JdbcTemplate(pool)), publisher, tasks);
  }

  private static Producer<byte[], byte[]> producer(KafkaProperties kafka, String writer) {
    return new KafkaProducer<>(Producers.settings(kafka, writer));
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
