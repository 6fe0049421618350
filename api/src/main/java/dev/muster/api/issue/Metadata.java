package dev.muster.api.issue;

import dev.muster.api.edge.Limits;
import dev.muster.api.edge.Refused;
import dev.muster.api.issue.field.IssueRef;
import dev.muster.api.issue.view.IssueUpdated;
import dev.muster.api.issue.view.IssueView;
import dev.muster.api.storage.StorageQuota;
import dev.muster.events.EventType;
import dev.muster.events.feed.Outbox;
import dev.muster.events.id.IssueId;
import dev.muster.events.storage.StoredBytes;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What agents and people note about an issue under names of their own.
@Component
class Metadata {
  private static final Pattern KEY = Pattern.compile("[\\w.-]{1,64}");
  private static final int KEYS_MAX = 50;
  private static final int BYTES_MAX = 8 * 1024;

  private final JdbcClient db;
  private final IssueStore issues;
  private final Outbox outbox;
  private final JsonMapper json;
  private final StorageQuota storage;

  Metadata(JdbcClient db, IssueStore issues, Outbox outbox, JsonMapper json, StorageQuota storage) {
    this.storage = storage;
    this.db = db;
    this.issues = issues;
    this.outbox = outbox;
    this.json = json;
  }

  /// All of an issue's notes.
  Map<String, JsonNode> of(IssueId issue) {
    var notes = new TreeMap<String, JsonNode>();
    db.sql("SELECT key, value::text AS value FROM issue_metadata WHERE issue_id = :issue")
        .param("issue", issue.value())
        .query((row, _) -> Map.entry(row.getString("key"), row.getString("value")))
        .list()
        .forEach(note -> notes.put(note.getKey(), json.readTree(note.getValue())));
    return notes;
  }

  /// Notes a text, a number or a truth. The issue's update is told, so that whoever shows it asks
  /// again.
  ///
  /// @throws Refused 400 if it is something else, or the issue has no room for it
  @Transactional
  public Map<String, JsonNode> set(IssueRef ref, String key, @Nullable JsonNode value) {
    if (value == null || !(value.isString() || value.isNumber() || value.isBoolean())) {
      throw Refused.invalid("value", "must be a text, a number, true or false");
    }
    var issue = locked(ref);
    storage.make(issue.workspace(), StoredBytes.of(key, value.toString()));
    db.sql(
            """
            INSERT INTO issue_metadata (issue_id, key, value) VALUES (:issue, :key, :value::jsonb)
            ON CONFLICT (issue_id, key) DO UPDATE SET value = excluded.value
            """)
        .param("issue", issue.id())
        .param("key", checked(key))
        .param("value", value.toString())
        .update();
    requireRoom(issue.issueId());
    tell(issue);
    return of(issue.issueId());
  }

  @Transactional
  public Map<String, JsonNode> remove(IssueRef ref, String key) {
    var issue = locked(ref);
    var removed =
        db.sql("DELETE FROM issue_metadata WHERE issue_id = :issue AND key = :key")
            .param("issue", issue.id())
            .param("key", checked(key))
            .update();
    if (removed > 0) {
      tell(issue);
    }
    return of(issue.issueId());
  }

  private IssueView locked(IssueRef ref) {
    return issues.lock(ref).orElseThrow(() -> Refused.notFound(IssueRef.NOT_FOUND));
  }

  private static String checked(String key) {
    if (key.length() > Limits.NAME || !KEY.matcher(key).matches()) {
      throw Refused.invalid("key", "must be 1 to 64 letters, digits, dots, dashes and underscores");
    }
    return key;
  }

  private record Size(int keys, int bytes) {}

  private void requireRoom(IssueId issue) {
    var size =
        db.sql(
                """
                SELECT count(*)::int, coalesce(sum(octet_length(key) + octet_length(value::text)), 0)::int
                  FROM issue_metadata WHERE issue_id = :issue
                """)
            .param("issue", issue.value())
            .query((row, _) -> new Size(row.getInt(1), row.getInt(2)))
            .single();
    if (size.keys() > KEYS_MAX) {
      throw Refused.invalid("key", "is one too many: an issue has at most " + KEYS_MAX);
    }
    if (size.bytes() > BYTES_MAX) {
      throw Refused.invalid(
          "value", "is too long: all of an issue have at most %d bytes".formatted(BYTES_MAX));
    }
  }

  private void tell(IssueView issue) {
    outbox.append(
        issue.workspace(),
        EventType.ISSUE_UPDATED,
        issue.id(),
        json.writeValueAsString(IssueUpdated.of(issue, issue)));
  }
}
