package dev.muster.api.webhook;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.muster.api.access.Caller;
import dev.muster.api.access.WorkspaceAccess;
import dev.muster.api.edge.Input;
import dev.muster.api.edge.Limits;
import dev.muster.api.edge.Quotas;
import dev.muster.api.edge.Refused;
import dev.muster.events.EventType;
import dev.muster.events.id.WebhookId;
import dev.muster.events.webhook.Signature;
import dev.muster.events.webhook.Targets;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/// What can be done to webhooks. Members make their own; those who administer the workspace see and
/// change all of them, nobody else another's: their addresses may be secrets.
@Component
class WebhookChanges {
  private static final int KEPT_SECONDS = 24 * 60 * 60;
  private static final int KEPT_SECONDS_MAX = 7 * KEPT_SECONDS;

  private final WebhookStore store;
  private final Targets targets;
  private final Quotas quotas;
  private final TransactionTemplate transaction;

  WebhookChanges(
      WebhookStore store, Targets targets, Quotas quotas, TransactionTemplate transaction) {
    this.store = store;
    this.targets = targets;
    this.quotas = quotas;
    this.transaction = transaction;
  }

  /// A webhook with its secret, which is shown when it is made and never again.
  record Made(@JsonUnwrapped WebhookView webhook, String secret) {}

  /// What rotating a secret takes.
  ///
  /// @param keepSeconds how long what is sent is signed with the old one, too: a day unless said
  ///   otherwise, seven at most
  record Rotation(@Nullable Integer keepSeconds) {}

  /// Which of the events that were given up are to be sent again.
  ///
  /// @param positions their positions in the feed; all of them where nothing is said
  record RedriveRequest(@Nullable List<Long> positions) {}

  /// How many events will be sent again.
  record Redriven(int redriven) {}

  WebhookView find(Caller caller, String id) {
    return store
        .find(caller, Input.id("id", id))
        .orElseThrow(() -> Refused.notFound("webhook not found"));
  }

  private <T> T inTransaction(Supplier<T> work) {
    return Objects.requireNonNull(transaction.execute(_ -> work.get()));
  }

  Made create(WorkspaceAccess access, WebhookFields fields) {
    var checked = fields.asNew(targets);
    var secret = Signature.newSecret();
    return inTransaction(() -> {
      quotas.webhooks(store.count(access.workspace()) + 1L);
      var caller = access.caller();
      var made = store.insert(access.workspace(), caller.user().value(), checked, secret);
      return new Made(told(caller, made, EventType.WEBHOOK_CREATED), secret);
    });
  }

  WebhookView update(Caller caller, String id, WebhookFields fields) {
    var checked = fields.over(find(caller, id), targets);
    return inTransaction(() -> {
      var webhook = locked(caller, id);
      store.update(webhook, checked);
      return told(caller, webhook, EventType.WEBHOOK_UPDATED);
    });
  }

  Made rotate(Caller caller, String id, Rotation rotation) {
    var kept =
        rotation.keepSeconds() == null
            ? KEPT_SECONDS
            : Input.between("keep_seconds", rotation.keepSeconds(), 0, KEPT_SECONDS_MAX);
    var secret = Signature.newSecret();
    return inTransaction(() -> {
      var webhook = locked(caller, id);
      store.rotate(webhook, secret, kept);
      return new Made(told(caller, webhook, EventType.WEBHOOK_UPDATED), secret);
    });
  }

  void delete(Caller caller, String id) {
    transaction.executeWithoutResult(_ -> {
      var webhook = locked(caller, id);
      store.tell(webhook, EventType.WEBHOOK_DELETED);
      store.delete(webhook);
    });
  }

  Redriven redrive(Caller caller, String id, RedriveRequest request) {
    var positions =
        request.positions() == null
            ? null
            : Input.list("positions", request.positions(), Limits.ELEMENTS).stream()
                .filter(Objects::nonNull)
                .toArray(Long[]::new);
    return inTransaction(() -> {
      var webhook = locked(caller, id);
      return new Redriven(store.redrive(webhook, positions));
    });
  }

  private WebhookId locked(Caller caller, String id) {
    var webhook = find(caller, id).webhookId();
    store.lock(webhook);
    return webhook;
  }

  private WebhookView told(Caller caller, WebhookId webhook, EventType type) {
    store.tell(webhook, type);
    return find(caller, webhook.toString());
  }
}
