package dev.muster.events.feed;

import dev.muster.events.trace.Traces;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import org.apache.kafka.clients.producer.Producer;
import org.jspecify.annotations.Nullable;

/// Carries the log to Kafka, in order: a cursor over `event_log` that advances after the
/// acknowledgement.
///
/// One publisher is active at a time: the one whose connection holds the lock. The lock alone does
/// not make it so, since a process that was paused, or cut off from Postgres, does not know that it
/// has lost it. So all publishers write under the same transactional ids: when one begins, the
/// broker refuses from then on whatever an earlier one still sends, and ends the transaction that
/// it left open. Only then does the new one read what the partitions really end with, and goes on
/// after that. A batch is one transaction: it is there or it is not, and after any failure the
/// publisher begins again. So neither a crash between any two lines, nor a send of unknown outcome,
/// nor two publishers at once repeat, skip or reorder an event for who reads what is committed.
///
/// There are two ids, used in turns, since the broker makes the next transaction of an id wait
/// until it has finished the one before. The first of them decides: each publisher takes them in
/// the same order and begins with the first, so whoever writes with the second has written with the
/// first, and nobody had taken that one from it.
public final class Publisher extends Loop {
  private static final int BATCH_MAX = 1_000;
  private static final int BYTES_MAX = 4 * 1024 * 1024;
  private static final int TURNS = 2;
  static final long LOCK = 0x6d757374_7075626cL;
  private static final Duration IDLE = Duration.ofSeconds(1);

  /// What a transaction costs the broker and all readers hardly depends on how much is in it.
  private static final Linger LINGER =
      new Linger(Duration.ZERO, Duration.ofNanos(750_000), Duration.ofMillis(40));

  private static final Duration KEEP_EVERY = Duration.ofSeconds(1);

  private final FeedDatabase database;
  private final String topic;
  private final PublishedTail tail;
  private final IntFunction<Producer<byte[], byte[]>> producers;
  private final RecordClock clock;
  private final @Nullable Traces traces;
  // Owned by the loop's thread.
  private @Nullable Active active;
  private volatile boolean isActive;

  /// @param topic what it writes
  /// @param clock bounds the time of records
  /// @param traces null where no traces are made
  Publisher(
      FeedDatabase database,
      String topic,
      PublishedTail tail,
      IntFunction<Producer<byte[], byte[]>> producers,
      InstantSource clock,
      @Nullable Traces traces) {
    super("muster-publisher");
    this.database = database;
    this.topic = topic;
    this.tail = tail;
    this.producers = producers;
    this.clock = new RecordClock(clock);
    this.traces = traces;
  }

  /// What the holder of the lock works with.
  private static final class Active {
    private final WriterLock lock;
    private final List<Producer<byte[], byte[]>> producers;
    private final Map<Integer, Long> alreadyThere;
    private final FeedRecords records;
    private int turn;
    private long cursor;
    private long kept;
    private long keptAtNanos = System.nanoTime();

    Active(
        WriterLock lock,
        List<Producer<byte[], byte[]>> producers,
        Map<Integer, Long> alreadyThere,
        FeedRecords records,
        long cursor) {
      this.lock = lock;
      this.producers = producers;
      this.alreadyThere = alreadyThere;
      this.records = records;
      this.cursor = cursor;
      this.kept = cursor;
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
      isActive = true;
    }
    var published = publishOrNote(current);
    // After as many as there may be there are more to publish at once.
    if (published < BATCH_MAX) {
      Thread.sleep(LINGER.after(published));
    }
    var quiet = published == 0 && !current.lock.isToldWithin(IDLE);
    if (quiet || System.nanoTime() - current.keptAtNanos > KEEP_EVERY.toNanos()) {
      keepCursor(current);
    }
    if (quiet) {
      current.lock.require();
      requireEpoch(current);
    }
  }

  /// Whether this is the one that publishes. While it fails it is not.
  boolean isActive() {
    return isActive;
  }

  private int publishOrNote(Active current) {
    try {
      return publish(current);
    } catch (RuntimeException e) {
      clock.noteFailure(e);
      throw e;
    }
  }

  /// Notices that the history has a new name, under which it is to be told from its beginning.
  private void requireEpoch(Active current) {
    if (!database.log().epoch().equals(current.records.epoch())) {
      throw new IllegalStateException("A new epoch has begun: the publisher begins again");
    }
  }

  private @Nullable Active activate() throws SQLException {
    var lock = WriterLock.tryTake(database.connections(), LOCK);
    if (lock.isEmpty()) {
      return null;
    }
    var open = new ArrayList<Producer<byte[], byte[]>>();
    try {
      // Where the topic is not this history's, whoever writes to it is left alone.
      var _ = tail.read();
      // What follows rests on its order: first nobody else can write any more, then the ends count.
      for (var turn = 0; turn < TURNS; turn++) {
        open.add(producers.apply(turn));
        open.getLast().initTransactions();
      }
      var alreadyThere = tail.read();
      return new Active(
          lock.get(),
          List.copyOf(open),
          alreadyThere,
          new FeedRecords(topic, database.partitions().of(topic), database.log().epoch()),
          database.cursors().published());
    } catch (RuntimeException e) {
      open.forEach(Producers::close);
      lock.get().close();
      throw e;
    }
  }

  private int publish(Active current) {
    var entries = database.log().afterLogId(current.cursor, BATCH_MAX, BYTES_MAX);
    if (entries.isEmpty()) {
      return 0;
    }
    if (traces == null) {
      commit(current, entries, null);
    } else {
      try (var spans = new SendSpans(traces, database.traces(), entries)) {
        commit(current, entries, spans);
        spans.sent();
      }
    }
    current.turn = (current.turn + 1) % TURNS;
    current.cursor = entries.getLast().logId();
    return entries.size();
  }

  private void commit(Active current, List<FeedLog.Entry> entries, @Nullable SendSpans spans) {
    var producer = current.producers.get(current.turn);
    producer.beginTransaction();
    for (var entry : entries) {
      send(current, producer, entry, spans);
    }
    producer.commitTransaction();
  }

  /// Not after each batch: what is lost of the cursor in a crash, the partitions' ends make up for.
  private void keepCursor(Active current) {
    if (current.cursor > current.kept) {
      database.cursors().advancePublished(current.cursor, current.records.epoch());
      current.kept = current.cursor;
    }
    current.keptAtNanos = System.nanoTime();
  }

  /// What becomes of the sends, the commit says for all of them.
  private void send(
      Active current,
      Producer<byte[], byte[]> producer,
      FeedLog.Entry entry,
      @Nullable SendSpans spans) {
    var record = current.records.of(entry.event(), clock.now());
    if (entry.logId() > current.alreadyThere.getOrDefault(record.partition(), 0L)) {
      if (spans != null) {
        spans.begin(entry, record);
      }
      var _ = producer.send(record);
    }
  }

  @Override
  protected void reset() {
    var current = active;
    active = null;
    isActive = false;
    if (current != null) {
      current.producers.forEach(Producers::close);
      current.lock.close();
    }
  }
}
