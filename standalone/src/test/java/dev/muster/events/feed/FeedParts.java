package dev.muster.events.feed;

import com.zaxxer.hikari.HikariDataSource;
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
    var pool = FeedRig.pool(jdbcUrl, name, 4);
    var db = JdbcClient.create(pool);
    var transaction = new TransactionTemplate(new JdbcTransactionManager(pool));
    var feedLog = new FeedLog(db);
    var properties = FeedRig.kafkaProperties(kafka);
    var partitions = new PartitionCounts(db);
    var cursors = new CursorStore(db, transaction);
    var publisher =
        new Publisher(
            pool,
            feedLog,
            new PublishedTail(FeedConfiguration.consumers(properties), feedLog),
            partitions,
            turn -> around.apply(producer(properties, Integer.toString(turn))),
            cursors);
    var tasks =
        new TaskTable(
            pool,
            feedLog,
            partitions,
            () -> around.apply(producer(properties, TaskTable.WRITER)),
            cursors);
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
