package dev.muster.events.id;

import java.util.UUID;

/// The id of one webhook.
public record WebhookId(UUID value) {
  @Override
  public String toString() {
    return value.toString();
  }
}
