package dev.muster.api.access;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.muster.api.edge.Page;
import dev.muster.events.id.UserId;
import dev.muster.events.id.WorkspaceId;
import dev.muster.events.sql.Rows;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/// Who made, used and revoked which token from which address, and where wrong tokens came from.
///
/// What is done to a token is written with it. Uses and failures are counted and written every few
/// seconds, as one row an hour for each token and address.
@Component
public class TokenAudit {
  /// How many addresses are told apart between two writes; the others are one.
  private static final int ADDRESSES_MAX = 500;

  public static final int LIST_MAX = 500;
  private static final String OTHERS = "others";
  private static final UUID NO_TOKEN = new UUID(0, 0);

  private static final String LIST =
      Page.sql(
          """
          SELECT id, at, action, actor_id, token_id, address, count FROM token_audit
           WHERE workspace_id = :workspace AND id < coalesce(:before::bigint, 9223372036854775807)
           ORDER BY id DESC
          """,
          "id DESC");

  private record Counted(String action, UUID token, String address) {}

  /// One entry.
  ///
  /// @param tokenId which token
  /// @param count how often within the hour, for what happens often
  public record Entry(
      long id,
      Instant at,
      String action,
      @JsonInclude(JsonInclude.Include.ALWAYS) @Nullable UUID actorId,
      UUID tokenId,
      String address,
      long count) {}

  private final JdbcClient db;
  // Guarded by itself.
  private final Map<Counted, Long> counts = new HashMap<>();

  TokenAudit(JdbcClient db) {
    this.db = db;
  }

  /// Writes down what was done to a token, in the transaction that does it.
  public void did(String action, UserId actor, UUID token, String address) {
    db.sql(
            """
            INSERT INTO token_audit (action, actor_id, token_id, workspace_id, address)
            SELECT :action, :actor, id, workspace_id, :address FROM access_token WHERE id = :token
            """)
        .param("action", action)
        .param("actor", actor.value())
        .param("token", token)
        .param("address", address)
        .update();
  }

  void used(UUID token, String address) {
    count(new Counted("used", token, address));
  }

  void failed(String address) {
    count(new Counted("failed", NO_TOKEN, address));
  }

  private void count(Counted counted) {
    synchronized (counts) {
      var isRoom = counts.size() < ADDRESSES_MAX || counts.containsKey(counted);
      counts.merge(
          isRoom ? counted : new Counted(counted.action(), counted.token(), OTHERS), 1L, Long::sum);
    }
  }

  /// A page of what happened to tokens that reach this workspace only, the newest first.
  public Page<Entry> list(WorkspaceId workspace, @Nullable Long before, int limit) {
    return Page.read(
        db.sql(LIST).param("workspace", workspace.value()).param("before", before),
        limit,
        Rows.of(Entry.class));
  }

  @Scheduled(fixedDelayString = "PT5S")
  void write() {
    Map<Counted, Long> written;
    synchronized (counts) {
      written = Map.copyOf(counts);
      counts.clear();
    }
    if (!written.isEmpty()) {
      write(written);
    }
  }

  private void write(Map<Counted, Long> written) {
    var rows = written.entrySet().stream().toList();
    db.sql(
            """
            INSERT INTO token_audit AS a (period, action, actor_id, token_id, workspace_id, address, count)
            SELECT date_trunc('hour', now()), n.action, t.user_id, n.token, t.workspace_id, n.address, n.count
              FROM unnest(:actions::text[], :tokens::uuid[], :addresses::text[], :counts::bigint[])
                     AS n (action, token, address, count)
              LEFT JOIN access_token t ON t.id = n.token
             ORDER BY n.action, n.token, n.address
            ON CONFLICT (period, action, token_id, address) WHERE period IS NOT NULL
               DO UPDATE SET count = a.count + excluded.count, at = now()
            """)
        .param("actions", rows.stream().map(r -> r.getKey().action()).toArray(String[]::new))
        .param("tokens", rows.stream().map(r -> r.getKey().token()).toArray(UUID[]::new))
        .param("addresses", rows.stream().map(r -> r.getKey().address()).toArray(String[]::new))
        .param("counts", rows.stream().map(Map.Entry::getValue).toArray(Long[]::new))
        .update();
  }

  /// Forgets what is older than a quarter of a year.
  @Scheduled(fixedDelayString = "PT1H")
  void forgetOld() {
    db.sql("DELETE FROM token_audit WHERE at < now() - interval '90 days'").update();
  }
}
