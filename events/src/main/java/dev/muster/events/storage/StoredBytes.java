package dev.muster.events.storage;

import dev.muster.events.id.WorkspaceId;
import dev.muster.events.sql.Rows;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.util.unit.DataSize;

/// How many bytes workspaces keep, and which of them have used up what they may.
///
/// What is written is counted in memory after its commit, and every few seconds all of it is added
/// to the rows of `workspace_storage` by one statement, so that a change costs no write of its own.
/// The same moment brings the workspaces that have used most of their quota, as all processes have
/// counted them: those are what a request is held against, without a look at the database.
///
/// So a workspace may go over its quota by what is written in two such moments. A process that dies
/// loses what it has counted since the last of them; one that dies between the commit of the rows
/// and the answer has lost nothing; and where that answer is lost to a process that lives, it adds
/// the same once more. The next measuring corrects each of these, since it counts what is there.
public final class StoredBytes implements AutoCloseable {
  /// The property that says how much a workspace may keep. A dispatcher reads it too: it fires no
  /// schedule of a workspace that is full.
  public static final String QUOTA = "muster.api.quotas.storage";

  public static final DataSize QUOTA_DEFAULT = DataSize.ofGigabytes(100);

  private static final Logger log = LoggerFactory.getLogger(StoredBytes.class);
  private static final int LARGE_MAX = 100_000;
  private static final int FILLING_PERCENT = 80;
  private static final int OVERFULL_PERCENT = 110;
  private static final int PERCENT = 100;

  private final JdbcClient db;
  private final long max;
  private final ConcurrentMap<WorkspaceId, Long> counted = new ConcurrentHashMap<>();

  /// The workspaces that are at least filling, with what they keep. Replaced as a whole by [#look].
  private volatile Map<WorkspaceId, Long> large = Map.of();

  /// @param quota how much each workspace may keep
  public StoredBytes(JdbcClient db, DataSize quota) {
    if (quota.toBytes() < 1) {
      throw new IllegalArgumentException(QUOTA + " must be at least 1");
    }
    this.db = db;
    this.max = quota.toBytes();
  }

  /// How full a workspace is. Each state holds from a part of the quota on.
  public enum Fullness {
    ROOMY,
    /// Worth being measured often.
    FILLING,
    /// Nothing that makes it larger is taken any more.
    FULL,
    /// What runs has gone on writing for so long that its output is left out.
    OVERFULL
  }

  /// How many bytes the texts are in Postgres.
  public static long of(@Nullable String... texts) {
    var sum = 0L;
    for (var text : texts) {
      if (text != null) {
        sum += text.getBytes(StandardCharsets.UTF_8).length;
      }
    }
    return sum;
  }

  /// Counts bytes that were written, fewer than none where a text has become shorter.
  public void add(WorkspaceId workspace, long bytes) {
    if (bytes != 0) {
      counted.merge(workspace, bytes, Long::sum);
    }
  }

  public Fullness fullness(WorkspaceId workspace) {
    return fullness(used(workspace));
  }

  /// Whether nothing is taken any more that makes the workspace larger.
  public boolean isFull(WorkspaceId workspace) {
    return used(workspace) >= max;
  }

  private Fullness fullness(long bytes) {
    if (bytes >= part(OVERFULL_PERCENT)) {
      return Fullness.OVERFULL;
    }
    if (bytes >= max) {
      return Fullness.FULL;
    }
    return bytes >= filling() ? Fullness.FILLING : Fullness.ROOMY;
  }

  /// What the workspace kept when it was last looked at; 0 while that is not worth a thought.
  public long used(WorkspaceId workspace) {
    return large.getOrDefault(workspace, 0L);
  }

  /// How many bytes each workspace may keep.
  public long max() {
    return max;
  }

  /// From how many bytes on a workspace is measured often.
  public long filling() {
    return part(FILLING_PERCENT);
  }

  private long part(int percent) {
    return max / PERCENT * percent + max % PERCENT * percent / PERCENT;
  }

  /// How many workspaces are that full.
  public long count(Fullness fullness) {
    return large.values().stream().filter(bytes -> fullness(bytes) == fullness).count();
  }

  /// Adds what was counted to the rows of all processes. What cannot be written is counted again.
  public void flush() {
    var taken = new TreeMap<UUID, Long>();
    for (var workspace : counted.keySet()) {
      var bytes = counted.remove(workspace);
      if (bytes != null) {
        taken.put(workspace.value(), bytes);
      }
    }
    try {
      write(taken);
    } catch (RuntimeException e) {
      taken.forEach((workspace, bytes) -> add(new WorkspaceId(workspace), bytes));
      throw e;
    }
  }

  /// In one order for all, so that of those who add to the same rows none waits for the other. The
  /// lock waits for whoever deletes a workspace, whose row is gone then.
  private void write(Map<UUID, Long> bytes) {
    if (bytes.isEmpty()) {
      return;
    }
    db.sql(
            """
            WITH there AS MATERIALIZED (
              SELECT w.id, n.bytes
                FROM unnest(:workspaces::uuid[], :bytes::bigint[]) AS n (workspace_id, bytes)
                JOIN workspace w ON w.id = n.workspace_id
               ORDER BY w.id FOR KEY SHARE OF w
            )
            INSERT INTO workspace_storage AS s (workspace_id, bytes) SELECT id, greatest(0, bytes) FROM there ORDER BY id
            ON CONFLICT (workspace_id) DO UPDATE
               SET bytes = greatest(0, s.bytes + (SELECT t.bytes FROM there t WHERE t.id = s.workspace_id))
            """)
        .param("workspaces", bytes.keySet().toArray(UUID[]::new))
        .param("bytes", bytes.values().toArray(Long[]::new))
        .update();
  }

  private record Row(UUID workspaceId, long bytes) {}

  /// Reads which workspaces have used most of their quota.
  public void look() {
    var rows =
        db.sql(
                """
                SELECT workspace_id, bytes FROM workspace_storage WHERE bytes >= :filling
                 ORDER BY bytes DESC LIMIT :max
                """)
            .param("filling", filling())
            .param("max", LARGE_MAX)
            .query(Rows.of(Row.class))
            .list();
    large =
        rows.stream()
            .collect(
                Collectors.toUnmodifiableMap(
                    row -> new WorkspaceId(row.workspaceId()), Row::bytes));
  }

  /// Writes down what was counted last, as long as there is a database to write to.
  @Override
  public void close() {
    try {
      flush();
    } catch (RuntimeException e) {
      log.atWarn()
          .addKeyValue("workspaces", counted.size())
          .setCause(e)
          .log("What was stored last could not be added up, and is counted when it is measured");
    }
  }
}
