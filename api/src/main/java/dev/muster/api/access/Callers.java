package dev.muster.api.access;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.muster.api.access.Caller.Binding;
import dev.muster.events.id.UserId;
import dev.muster.events.id.WorkspaceId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/// Finds who is behind a token. Remembers it for seconds, since every request asks.
///
/// A revoked token or a lost membership counts at once in the instance where it was changed, and
/// within the time of remembering in the others.
@Component
public class Callers {
  private static final Duration REMEMBERED = Duration.ofSeconds(5);
  private static final Duration WAS_VALID = Duration.ofMinutes(30);
  private static final int REMEMBERED_MAX = 20_000;
  private static final int REVIEWED_AT_ONCE = 1_000;

  private static final String VALID =
      """
      SELECT t.token_hash, t.id AS token_id, t.user_id, t.scope, m.workspace_id, m.role, t.one_daemon, t.daemon_id
        FROM access_token t
        LEFT JOIN member m ON m.user_id = t.user_id AND m.workspace_id = coalesce(t.workspace_id, m.workspace_id)
       WHERE NOT t.revoked AND (t.expires_at IS NULL OR t.expires_at > now())
      """;

  private final JdbcClient db;
  private final Cache<String, Caller> cache =
      Caffeine.newBuilder().expireAfterWrite(REMEMBERED).maximumSize(REMEMBERED_MAX).build();

  /// Which tokens were valid a short time ago.
  private final Cache<String, Boolean> valid =
      Caffeine.newBuilder().expireAfterAccess(WAS_VALID).maximumSize(REMEMBERED_MAX).build();

  private final WrongTokens wrong = new WrongTokens();
  private final TaskTokens taskTokens;
  private final TokenAudit audit;
  private final Set<UUID> used = ConcurrentHashMap.newKeySet();
  private final AtomicLong changes = new AtomicLong();

  Callers(JdbcClient db, TokenAudit audit) {
    this.db = db;
    this.audit = audit;
    this.taskTokens = new TaskTokens(db);
  }

  /// The caller with this token; empty if there is none, or it is revoked or expired.
  ///
  /// @throws dev.muster.api.edge.Refused 429 if too many wrong tokens come from the address
  public Optional<Caller> find(String token, String address) {
    var hash = TokenHash.of(token);
    if (TokenHash.isTaskToken(token)) {
      return wrong
          .lookUp(address, () -> taskTokens.find(hash))
          .filter(TaskTokens.Found::lasts)
          .map(TaskTokens.Found::caller);
    }
    var known = cache.getIfPresent(hash);
    if (known != null) {
      return Optional.of(known);
    }
    var wasValid = valid.getIfPresent(hash) != null;
    var caller = wasValid ? load(hash) : wrong.lookUp(address, () -> load(hash));
    caller.ifPresentOrElse(
        found -> {
          cache.put(hash, found);
          valid.put(hash, true);
          used.add(found.tokenId());
          audit.used(found.tokenId(), address);
        },
        () -> {
          valid.invalidate(hash);
          audit.failed(address);
        });
    return caller;
  }

  private Optional<Caller> load(String hash) {
    return Optional.ofNullable(load(List.of(hash)).get(hash));
  }

  /// The caller with the same token as it is now, nothing remembered: for whoever has waited for
  /// long, as a parked claim does. Empty if the token was revoked or has expired.
  public Optional<Caller> asOfNow(Caller caller) {
    var rows =
        db.sql(VALID + "AND t.id = :token").param("token", caller.tokenId()).query(Row::of).list();
    return rows.isEmpty() ? Optional.empty() : Optional.of(caller(rows));
  }

  /// The callers with these tokens as they are now, nothing remembered: for whoever holds a
  /// connection open and must hear that its token or membership is gone.
  ///
  /// @param tokenHashes as [TokenHash#of] makes them
  /// @return by token hash; one that is missing is revoked, expired or unknown
  public Map<String, Caller> review(Collection<String> tokenHashes) {
    var hashes = List.copyOf(tokenHashes);
    var valid = new HashMap<String, Caller>();
    for (var from = 0; from < hashes.size(); from += REVIEWED_AT_ONCE) {
      valid.putAll(load(hashes.subList(from, Math.min(hashes.size(), from + REVIEWED_AT_ONCE))));
    }
    return valid;
  }

  /// The caller as it is now if its token is one daemon's, else as it is remembered: the daemon may
  /// have registered a moment ago, at another instance.
  public Caller withBinding(Caller caller) {
    return caller.binding() == null ? caller : asOfNow(caller).orElse(caller);
  }

  /// Forgets what is remembered, after tokens or memberships changed.
  public void forget() {
    cache.invalidateAll();
    changes.incrementAndGet();
  }

  /// Counts the changes of tokens and memberships in this instance. Whoever has waited since one
  /// asks [#asOfNow].
  public long changes() {
    return changes.get();
  }

  private record Row(
      String tokenHash,
      UUID tokenId,
      UUID userId,
      String scope,
      @Nullable UUID workspaceId,
      @Nullable String role,
      @Nullable Binding binding) {
    static Row of(ResultSet row, int rowNumber) throws SQLException {
      return new Row(
          row.getString("token_hash"),
          row.getObject("token_id", UUID.class),
          row.getObject("user_id", UUID.class),
          row.getString("scope"),
          row.getObject("workspace_id", UUID.class),
          row.getString("role"),
          row.getBoolean("one_daemon") ? new Binding(row.getString("daemon_id")) : null);
    }
  }

  private Map<String, Caller> load(Collection<String> hashes) {
    return db
        .sql(VALID + "AND t.token_hash = ANY (:hashes)")
        .param("hashes", hashes.toArray(String[]::new))
        .query(Row::of)
        .list()
        .stream()
        .collect(
            Collectors.groupingBy(
                Row::tokenHash,
                Collectors.collectingAndThen(Collectors.toList(), Callers::caller)));
  }

  private static Caller caller(List<Row> rows) {
    var first = rows.getFirst();
    var scope = Scope.of(first.scope());
    var roles = new HashMap<WorkspaceId, Role>();
    for (var row : rows) {
      // An invitation reaches no workspace, by whichever way it comes.
      if (row.workspaceId() != null && row.role() != null && scope != Scope.INVITATION) {
        roles.put(new WorkspaceId(row.workspaceId()), Role.of(row.role()));
      }
    }
    return new Caller(
        new UserId(first.userId()), first.tokenId(), scope, roles, first.binding(), null);
  }

  /// Writes down, once for many requests, that tokens were used.
  @Scheduled(fixedDelayString = "PT10S")
  void recordUse() {
    var tokens = used.toArray(UUID[]::new);
    if (tokens.length == 0) {
      return;
    }
    for (var token : tokens) {
      used.remove(token);
    }
    db.sql("UPDATE access_token SET last_used_at = now() WHERE id = ANY (:tokens)")
        .param("tokens", tokens)
        .update();
  }
}
