package dev.muster.events.feed;

import com.zaxxer.hikari.HikariDataSource;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/// The feed's own loops as a process has them: one relay, one publisher, connections of their own.
public record FeedParts(HikariDataSource pool, Relay relay, Publisher publisher)
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
    var publisher =
        new Publisher(
            pool,
            feedLog,
            new PublishedTail(FeedConfiguration.consumers(properties), feedLog),
            new PartitionCounts(db),
            turn -> around.apply(new KafkaProducer<>(FeedConfiguration.producer(properties, turn))),
            new CursorStore(db, transaction));
    return new FeedParts(pool, new Relay(new JdbcTemplate(pool)), publisher);
  }

  @Override
  public void close() {
    Stream.of(publisher, relay).filter(Loop::isRunning).forEach(Loop::stop);
    pool.close();
  }
}
