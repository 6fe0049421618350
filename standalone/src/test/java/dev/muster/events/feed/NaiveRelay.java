package dev.muster.events.feed;

import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// A relay as one would first write it, reading a copy of the outbox of its own. What it reads it
/// keeps, in the order in which it would tell it.
abstract class NaiveRelay extends Loop {
  private static final String COPIES =
      """
      CREATE TABLE watermark    (id bigint GENERATED ALWAYS AS IDENTITY, xid xid8 NOT NULL DEFAULT pg_current_xact_id(), task uuid, seq bigint);
      CREATE TABLE horizon      (LIKE watermark INCLUDING ALL);
      CREATE TABLE skip_locked  (LIKE watermark INCLUDING ALL);
      CREATE INDEX ON watermark (id);
      CREATE INDEX ON watermark (xid, id);
      CREATE INDEX ON horizon (id);
      CREATE INDEX ON skip_locked (id);
      """;

  /// What a change leaves for all of them, beside the outbox.
  static final String LEAVE =
      """
      WITH t AS (SELECT id, event_seq FROM task WHERE id = ?),
           a AS (INSERT INTO watermark (task, seq) SELECT * FROM t),
           b AS (INSERT INTO horizon (task, seq) SELECT * FROM t)
      INSERT INTO skip_locked (task, seq) SELECT * FROM t
      """;

  private static final String DELETE =
      """
      WITH gone AS (
        DELETE FROM %s WHERE id = ANY (ARRAY(SELECT id FROM %s %s LIMIT 100)) RETURNING *
      )
      SELECT * FROM gone ORDER BY id
      """;

  private final String name;
  private final HikariDataSource pool;
  // Guarded by this: what several relays of one design read is one story.
  private final Map<UUID, List<Long>> told;
  private final AtomicInteger surprises;

  private NaiveRelay(String name, HikariDataSource pool, NaiveRelay shared) {
    super(name);
    this.name = name;
    this.pool = pool;
    this.told = shared.told;
    this.surprises = shared.surprises;
  }

  private NaiveRelay(String name, HikariDataSource pool) {
    super(name);
    this.name = name;
    this.pool = pool;
    this.told = new HashMap<>();
    this.surprises = new AtomicInteger();
  }

  static void makeCopies(FeedRig rig) {
    rig.db().sql(COPIES).update();
  }

  /// Everything after the highest id that was seen.
  static NaiveRelay idWatermark(HikariDataSource pool) {
    return new NaiveRelay("id > watermark", pool) {
      private long id;

      @Override
      protected void step() throws SQLException {
        id =
            Math.max(
                id,
                query("SELECT * FROM watermark WHERE id > " + id + " ORDER BY id LIMIT 100").id);
      }
    };
  }

  /// In the order of transaction ids, up to the oldest transaction that is still open.
  static NaiveRelay xidWatermark(HikariDataSource pool) {
    return new NaiveRelay("(xid, id) > watermark, below xmin", pool) {
      private Last last = new Last("0", 0);

      @Override
      protected void step() throws SQLException {
        var next =
            query(
                """
                SELECT * FROM watermark
                 WHERE (xid, id) > ('%s'::xid8, %d) AND xid < pg_snapshot_xmin(pg_current_snapshot())
                 ORDER BY xid, id LIMIT 100
                """
                    .formatted(last.xid, last.id));
        last = next.id == 0 ? last : next;
      }
    };
  }

  /// Unsent rows in the order of ids, up to the oldest transaction that is still open.
  static NaiveRelay horizon(HikariDataSource pool) {
    var below = "WHERE xid < pg_snapshot_xmin(pg_current_snapshot()) ORDER BY id";
    return new NaiveRelay("unsent ORDER BY id, below xmin", pool) {
      @Override
      protected void step() throws SQLException {
        query(DELETE.formatted("horizon", "horizon", below));
      }
    };
  }

  /// Several relays, each with the rows that no other has.
  static List<NaiveRelay> skipLocked(HikariDataSource pool, int relays) {
    var all = new ArrayList<NaiveRelay>();
    for (var i = 0; i < relays; i++) {
      all.add(all.isEmpty() ? skipLocked(pool, null) : skipLocked(pool, all.getFirst()));
    }
    return all;
  }

  private static NaiveRelay skipLocked(HikariDataSource pool, @Nullable NaiveRelay shared) {
    final class SkipLocked extends NaiveRelay {
      SkipLocked() {
        super("several, FOR UPDATE SKIP LOCKED", pool);
      }

      SkipLocked(NaiveRelay first) {
        super("several, FOR UPDATE SKIP LOCKED", pool, first);
      }

      @Override
      protected void step() throws SQLException {
        query(DELETE.formatted("skip_locked", "skip_locked", "ORDER BY id FOR UPDATE SKIP LOCKED"));
      }
    }
    return shared == null ? new SkipLocked() : new SkipLocked(shared);
  }

  /// The last row of an answer; 0 for an answer without any.
  record Last(String xid, long id) {}

  /// Tells what the query finds, and only then lets go of it.
  protected final Last query(String sql) throws SQLException {
    try (var connection = pool.getConnection()) {
      connection.setAutoCommit(false);
      var last = tell(connection, sql);
      connection.commit();
      return last;
    }
  }

  private Last tell(Connection connection, String sql) throws SQLException {
    var last = new Last("0", 0);
    try (var statement = connection.createStatement();
        var rows = statement.executeQuery(sql)) {
      while (rows.next()) {
        tell(rows.getObject("task", UUID.class), rows.getLong("seq"));
        last = new Last(rows.getString("xid"), rows.getLong("id"));
      }
    }
    return last;
  }

  private void tell(UUID task, long seq) {
    synchronized (told) {
      var numbers = told.computeIfAbsent(task, _ -> new ArrayList<>(List.of(1L)));
      if (numbers.getLast() + 1 != seq) {
        surprises.incrementAndGet();
      }
      numbers.add(seq);
    }
  }

  String design() {
    return name;
  }

  /// Whether something came that did not follow what came before.
  boolean isSurprised() {
    return surprises.get() > 0;
  }

  FeedAudit.Broken broken(Map<UUID, Long> expected) {
    synchronized (told) {
      return new FeedAudit(told, Map.of()).broken(expected);
    }
  }
}
