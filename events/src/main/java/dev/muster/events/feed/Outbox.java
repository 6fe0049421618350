package dev.muster.events.feed;

import dev.muster.events.EventType;
import dev.muster.events.id.WorkspaceId;
import dev.muster.events.storage.StoredBytes;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/// Where a change leaves its event, in the transaction that makes the change.
///
/// Statements that move tasks insert their own rows, since one round trip is what they may cost;
/// they call [#count] and [#wake] when they are through. Everything else appends here.
public final class Outbox {
  private final JdbcClient db;
  private final Relay relay;
  private final StoredBytes stored;

  Outbox(JdbcClient db, Relay relay, StoredBytes stored) {
    this.db = db;
    this.relay = relay;
    this.stored = stored;
  }

  /// Adds one event to the current transaction, and wakes the relay once that has committed.
  ///
  /// @param data the facts, a JSON object
  public void append(WorkspaceId workspace, EventType type, UUID subject, String data) {
    db.sql(
            """
            INSERT INTO outbox (workspace_id, type, subject_id, data)
            VALUES (:workspace, :type, :subject, :data::json)
            """)
        .param("workspace", workspace.value())
        .param("type", type.wire())
        .param("subject", subject)
        .param("data", data)
        .update();
    var bytes = StoredBytes.of(data);
    afterCommit(() -> {
      stored.add(workspace, bytes);
      relay.wake();
    });
  }

  /// Counts what events have written that are committed: they are kept as well.
  public void count(WorkspaceId workspace, long bytes) {
    stored.add(workspace, bytes);
  }

  /// Wakes the relay: at once, or after the commit of the transaction the caller is in.
  public void wake() {
    afterCommit(relay::wake);
  }

  /// Runs the action after the commit of the current transaction, at once where there is none,
  /// never after a rollback.
  public static void afterCommit(Runnable action) {
    if (!TransactionSynchronizationManager.isSynchronizationActive()) {
      action.run();
      return;
    }
    TransactionSynchronizationManager.registerSynchronization(
        new TransactionSynchronization() {
          @Override
          public void afterCommit() {
            action.run();
          }
        });
  }
}
