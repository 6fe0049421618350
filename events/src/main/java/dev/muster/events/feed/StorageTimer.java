package dev.muster.events.feed;

import dev.muster.events.storage.StoredBytes;
import java.time.Duration;

/// Adds up every two seconds what workspaces have stored, and looks which of them are full.
final class StorageTimer extends Loop {
  private static final Duration INTERVAL = Duration.ofSeconds(2);

  private final StoredBytes stored;

  StorageTimer(StoredBytes stored) {
    super("muster-storage");
    this.stored = stored;
  }

  @Override
  protected void step() throws InterruptedException {
    stored.flush();
    stored.look();
    Thread.sleep(INTERVAL);
  }
}
