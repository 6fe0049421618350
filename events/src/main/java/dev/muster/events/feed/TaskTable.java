package dev.muster.events.feed;

import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.Producer;
import org.jspecify.annotations.Nullable;

/// Keeps `muster.tasks`, the latest state of each task, as the log has it: some times a second, and
/// of what has happened to a task since then only the last.
///
/// It has a cursor over `event_log` of its own, which advances after Kafka's acknowledgement. An
/// event is written only if the log has none of the same task after it when it is read. That, and
/// the fence, keep an older state from standing after a newer one, whoever wrote it:
///
/// - When one of these begins, the broker refuses from then on what an earlier one still sends. So
///   what others wrote is in front of all that this one writes.
/// - What they wrote was the last of its task when they read it, which was earlier; the log only
///   grows, so what this one reads of that task is the same event or a later one.
///
/// After a crash between acknowledgement and cursor the same states are written again, or later
/// ones. A state that was passed over has a later one after it, which the cursor has yet to reach.
public final class TaskTable extends Loop {
  static final String WRITER = "tasks";
  static final long LOCK = 0x6d757374_7461736bL;
  private static final int WINDOW = 5_000;
  private static final int BYTES_MAX = 4 * 1024 * 1024;
  private static final Duration IDLE = Duration.ofSeconds(1);

  /// How long states are let come together.
  private static final Duration EVERY = Duration.ofMillis(300);

  private final FeedDatabase database;
  private final String topic;
  private final PublishedTail tail;
  private final StrangeTasks strangers;
  private final Supplier<Producer<byte[], byte[]>> producers;
  private final RecordClock clock;
  // Owned by the loop's thread.
  private @Nullable Active active;

  /// @param topic what it writes
  /// @param clock bounds the time of records
  TaskTable(
      FeedDatabase database,
      String topic,
      PublishedTail tail,
      StrangeTasks strangers,
      Supplier<Producer<byte[], byte[]>> producers,
      InstantSource clock) {
    super("muster-task-table");
    this.database = database;
    this.topic = topic;
    this.tail = tail;
    this.strangers = strangers;
    this.producers = producers;
    this.clock = new RecordClock(clock);
  }

  /// What the holder of the lock works with.
  private static final class Active {
    private final WriterLock lock;
    private final Producer<byte[], byte[]> producer;
    private final FeedRecords records;
    private long cursor;

    Active(WriterLock lock, Producer<byte[], byte[]> producer, FeedRecords records, long cursor) {
      this.lock = lock;
      this.producer = producer;
      this.records = records;
      this.cursor = cursor;
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
    if (writeOrNote(current)) {
      return;
    }
    if (current.lock.isToldWithin(IDLE)) {
      Thread.sleep(EVERY);
    } else {
      current.lock.require();
      requireEpoch(current);
    }
  }

  private boolean writeOrNote(Active current) {
    try {
      return write(current);
    } catch (RuntimeException e) {
      clock.noteFailure(e);
      throw e;
    }
  }

  /// Notices that the history has a new name, under which all states are to be written again.
  private void requireEpoch(Active current) {
    if (!database.log().epoch().equals(current.records.epoch())) {
      throw new IllegalStateException("A new epoch has begun: the table of tasks begins again");
    }
  }

  private @Nullable Active activate() throws SQLException {
    var lock = WriterLock.tryTake(database.connections(), LOCK);
    if (lock.isEmpty()) {
      return null;
    }
    var producer = open(lock.get());
    try {
      producer.initTransactions();
      // While it was not alone, another history may have begun.
      var _ = tail.read();
      var records = new FeedRecords(topic, database.partitions().of(topic), database.log().epoch());
      if (!database.cursors().isTableSwept()) {
        strangers.bury(producer, records);
        database.cursors().noteTableSwept(records.epoch());
      }
      return new Active(lock.get(), producer, records, database.cursors().tasks());
    } catch (RuntimeException e) {
      Producers.close(producer);
      lock.get().close();
      throw e;
    }
  }

  /// A log that is of another history than the feed has nothing to say to the table either, and
  /// whoever writes to it is left alone.
  private Producer<byte[], byte[]> open(WriterLock lock) {
    try {
      var _ = tail.read();
      return producers.get();
    } catch (RuntimeException e) {
      lock.close();
      throw e;
    }
  }

  /// Writes what has come since the cursor, at most a window of it. Returns whether there may be
  /// more.
  private boolean write(Active current) {
    var latest = database.log().latestStates(current.cursor, WINDOW, BYTES_MAX);
    if (latest.upTo() <= current.cursor) {
      return false;
    }
    if (!latest.entries().isEmpty()) {
      current.producer.beginTransaction();
      for (var entry : latest.entries()) {
        var _ = current.producer.send(current.records.latestState(entry.event(), clock.now()));
      }
      current.producer.commitTransaction();
    }
    database.cursors().advanceTasks(latest.upTo(), current.records.epoch());
    current.cursor = latest.upTo();
    return latest.isMore();
  }

  @Override
  protected void reset() {
    var current = active;
    active = null;
    if (current != null) {
      Producers.close(current.producer);
      current.lock.close();
    }
  }
}
