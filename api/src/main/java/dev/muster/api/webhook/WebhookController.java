package dev.muster.api.webhook;

import dev.muster.api.access.Caller;
import dev.muster.api.access.WorkspaceAccess;
import dev.muster.api.edge.Created;
import dev.muster.api.edge.Input;
import dev.muster.api.edge.JsonBody;
import dev.muster.api.edge.LargeAnswer;
import dev.muster.api.edge.Limits;
import dev.muster.api.edge.Refused;
import dev.muster.api.edge.RowCursor;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/// The routes of webhooks. docs/webhooks.md says what they mean.
@RestController
@RequestMapping("/api/webhooks")
class WebhookController {
  private static final String FAILED = "failed";
  private static final String WAITING = "waiting";

  private final WebhookChanges changes;
  private final WebhookStore store;

  WebhookController(WebhookChanges changes, WebhookStore store) {
    this.changes = changes;
    this.store = store;
  }

  /// A page of webhooks, the newest first: the caller's own; all of the workspace for those who
  /// administer it.
  ///
  /// @param next what to send as `cursor` for the next page; null on the last
  record Listed(List<WebhookView> items, @Nullable String next) {
    Listed {
      items = List.copyOf(items);
    }
  }

  @LargeAnswer
  @GetMapping({"", "/"})
  Listed list(
      WorkspaceAccess access,
      @RequestParam(required = false) @Nullable String limit,
      @RequestParam(required = false) @Nullable String cursor) {
    var rows = Input.limit(limit, Limits.PAGE);
    var page =
        store.list(
            access.caller(), access.workspace(), RowCursor.Order.WEBHOOKS.parse(cursor), rows);
    return new Listed(
        page.rows(),
        page.next(last -> RowCursor.Order.WEBHOOKS.cursor(last.createdAt(), last.id())));
  }

  /// The answer has the secret, and no other has.
  @PostMapping({"", "/"})
  @ResponseStatus(HttpStatus.CREATED)
  ResponseEntity<WebhookChanges.Made> create(
      WorkspaceAccess access, @JsonBody WebhookFields fields) {
    var made = changes.create(access, fields);
    return Created.at("/api/webhooks/" + made.webhook().id(), made);
  }

  @GetMapping("/{id}")
  WebhookView find(Caller caller, @PathVariable String id) {
    return changes.find(caller, id);
  }

  /// Besides the change, what was not taken is sent again at once.
  @PatchMapping("/{id}")
  WebhookView update(Caller caller, @PathVariable String id, @JsonBody WebhookFields fields) {
    return changes.update(caller, id, fields);
  }

  @DeleteMapping("/{id}")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  void delete(Caller caller, @PathVariable String id) {
    changes.delete(caller, id);
  }

  /// A new secret. For a while what is sent is signed with the old one, too.
  @PostMapping("/{id}/rotate")
  WebhookChanges.Made rotate(
      Caller caller, @PathVariable String id, @JsonBody WebhookChanges.Rotation rotation) {
    return changes.rotate(caller, id, rotation);
  }

  /// A page of what was not taken, the newest first.
  ///
  /// @param next what to send as `cursor` for the next page; null on the last
  record Deliveries(List<DeliveryView> items, @Nullable String next) {
    Deliveries {
      items = List.copyOf(items);
    }
  }

  @LargeAnswer
  @GetMapping("/{id}/deliveries")
  Deliveries deliveries(
      Caller caller,
      @PathVariable String id,
      @RequestParam(required = false) @Nullable String state,
      @RequestParam(required = false) @Nullable String limit,
      @RequestParam(required = false) @Nullable String cursor) {
    var webhook = changes.find(caller, id).webhookId();
    var rows = Input.limit(limit, Limits.PAGE);
    var page = store.deliveries(webhook, isFailed(state), position(cursor), rows);
    return new Deliveries(page.rows(), page.next(last -> Long.toString(last.position())));
  }

  private static @Nullable Boolean isFailed(@Nullable String state) {
    if (state == null || state.isEmpty()) {
      return null;
    }
    return Input.oneOf("state", state, List.of(FAILED, WAITING)).equals(FAILED);
  }

  private static @Nullable Long position(@Nullable String cursor) {
    try {
      return cursor == null || cursor.isEmpty() ? null : Long.valueOf(cursor);
    } catch (NumberFormatException e) {
      throw Refused.invalid("cursor", "is not one that was given out");
    }
  }

  /// Sends again what was given up.
  @PostMapping("/{id}/redrive")
  WebhookChanges.Redriven redrive(
      Caller caller, @PathVariable String id, @JsonBody WebhookChanges.RedriveRequest request) {
    return changes.redrive(caller, id, request);
  }
}
