package dev.muster.events.feed;

import dev.muster.events.Event;
import dev.muster.events.EventCodec;
import dev.muster.events.Topics;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import javax.sql.DataSource;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.utils.Utils;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.kafka.core.ProducerFactory;
import org.springframework.transaction.support.TransactionTemplate;

/// Carries the log to Kafka, in order: a cursor over `event_log` that advances after the
/// acknowledgement.
///
/// One publisher is active at a time: the one whose connection holds the lock. When it takes the
/// lock, and after any failed send, it reads what the partitions really end with and goes on behind
/// that, so neither a crash between acknowledgement and cursor nor a send of unknown outcome
/// repeats or skips an event. If the process dies, Postgres ends the connection and with it the
/// lock, and the next publisher does the same.
public final class Publisher extends Loop {
  private static final int BATCH_MAX = 1_000;
  private static final long LOCK = 0x6d757374_7075626cL;
  private static final Duration IDLE = Duration.ofSeconds(1);
  private static final Duration KEEP_EVERY = Duration.ofSeconds(1);

  private final DataSource dataSource;
  private final FeedLog feedLog;
  private final PublishedTail tail;
  private final ProducerFactory<byte[], byte[]> producers;
  private final CursorStore cursors;
  // Owned by the loop's thread.
  private @Nullable Active active;

  Publisher(
      DataSource dataSource,
      FeedLog feedLog,
      PublishedTail tail,
      ProducerFactory<byte[], byte[]> producers,
      CursorStore cursors) {
    super("muster-publisher");
    this.dataSource = dataSource;
    this.feedLog = feedLog;
    this.tail = tail;
    this.producers = producers;
    this.cursors = cursors;
  }

  /// Where the active publisher's cursor is kept.
  static final class CursorStore {
    private final JdbcClient db;
    private final TransactionTemplate transaction;

    CursorStore(JdbcClient db, TransactionTemplate transaction) {
      this.db = db;
      this.transaction = transaction;
    }

    /// Advances the cursor. It may be lost in a crash of Postgres, which costs one look at Kafka
    /// and nothing else.
    void advance(long logId) {
      transaction.executeWithoutResult(_ -> {
        db.sql("SET LOCAL synchronous_commit = off").update();
        db.sql("UPDATE feed_published SET log_id = :log_id WHERE log_id < :log_id")
            .param("log_id", logId)
            .update();
      });
    }
  }

  /// What the holder of the lock works with.
  private static final class Active {
    private final Connection lock;
    private final Producer<byte[], byte[]> producer;
    private final Map<Integer, Long> alreadyThere;
    private final int partitions;
    private long cursor;
    private long kept;
    private long keptAtNanos = System.nanoTime();

    Active(
        Connection lock,
        Producer<byte[], byte[]> producer,
        Map<Integer, Long> alreadyThere,
        long cursor) {
      this.lock = lock;
      this.producer = producer;
      this.alreadyThere = alreadyThere;
      this.cursor = cursor;
      this.kept = cursor;
      this.partitions = producer.partitionsFor(Topics.EVENTS).size();
    }
  }

  @Override
  protected void step() throws Exception {
    var current = active;
    if (current == null) {
      current = activate();
      if (current == null) {
        Thread.sleep(IDLE);
        return;
      }
      active = current;
    }
    var idle = publish(current) == 0;
    if (idle || System.nanoTime() - current.keptAtNanos > KEEP_EVERY.toNanos()) {
      keepCursor(current);
    }
    if (idle) {
      awaitNotification(current.lock);
    }
  }

  private @Nullable Active activate() throws SQLException {
    var connection = dataSource.getConnection();
    try {
      try (var statement = connection.createStatement();
          var result = statement.executeQuery("SELECT pg_try_advisory_lock(" + LOCK + ")")) {
        result.next();
        if (!result.getBoolean(1)) {
          connection.close();
          return null;
        }
      }
      try (var listen = connection.createStatement()) {
        listen.execute("LISTEN muster_feed");
      }
      return new Active(
          connection, producers.createNonTransactionalProducer(), tail.read(), feedLog.published());
    } catch (SQLException | RuntimeException e) {
      end(connection);
      throw e;
    }
  }

  private int publish(Active current) throws Exception {
    var entries = feedLog.afterLogId(current.cursor, BATCH_MAX);
    if (entries.isEmpty()) {
      return 0;
    }
    var sent = new ArrayList<Future<RecordMetadata>>(entries.size() * 2);
    for (var entry : entries) {
      send(current, entry, sent);
    }
    current.producer.flush();
    for (var acknowledgement : sent) {
      acknowledgement.get();
    }
    current.cursor = entries.getLast().logId();
    return entries.size();
  }

  /// Not after each batch: what is lost of the cursor in a crash, the partitions' ends make up for.
  private void keepCursor(Active current) {
    if (current.cursor > current.kept) {
      cursors.advance(current.cursor);
      current.kept = current.cursor;
    }
    current.keptAtNanos = System.nanoTime();
  }

  private static void send(Active current, FeedLog.Entry entry, List<Future<RecordMetadata>> sent) {
    var event = entry.event();
    // Harmless when repeated, and it may be missing where the event itself is not: sent in any
    // case.
    if (event.type().isTask()) {
      sent.add(current.producer.send(latestState(event)));
    }
    var key = EventCodec.key(event);
    var partition = Utils.toPositive(Utils.murmur2(key)) % current.partitions;
    if (entry.logId() <= current.alreadyThere.getOrDefault(partition, 0L)) {
      return;
    }
    var record =
        new ProducerRecord<>(
            Topics.EVENTS, partition, event.time().toEpochMilli(), key, EventCodec.value(event));
    EventCodec.headers(event).forEach((name, value) -> record.headers().add(name, value));
    sent.add(current.producer.send(record));
  }

  private static ProducerRecord<byte[], byte[]> latestState(Event event) {
    var key = event.subject().toString().getBytes(StandardCharsets.UTF_8);
    var record = new ProducerRecord<>(Topics.TASKS, key, EventCodec.value(event));
    EventCodec.headers(event).forEach((name, value) -> record.headers().add(name, value));
    return record;
  }

  private static void awaitNotification(Connection connection) throws SQLException {
    // Also notices that the connection, and with it the lock, is gone.
    connection.unwrap(PGConnection.class).getNotifications((int) IDLE.toMillis());
    if (!connection.isValid(1)) {
      throw new SQLException("The connection that holds the publisher's lock is gone");
    }
  }

  @Override
  protected void reset() {
    var current = active;
    active = null;
    if (current != null) {
      current.producer.close(Duration.ofSeconds(1));
      end(current.lock);
    }
  }

  /// Gives the lock back. The connection is aborted rather than returned, so that no later user of
  /// the pool holds it.
  private static void end(Connection connection) {
    try (connection) {
      connection.abort(Runnable::run);
    } catch (SQLException e) {
      // It is gone already, and the lock with it.
    }
  }
}
