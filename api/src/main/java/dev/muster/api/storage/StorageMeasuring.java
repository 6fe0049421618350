package dev.muster.api.storage;

import dev.muster.events.feed.Loop;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.LongFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/// Measures workspaces whose turn it is, one at a time in each api: the count drifts, and knows
/// nothing of what is deleted.
@Component
class StorageMeasuring extends Loop {
  private static final Logger log = LoggerFactory.getLogger(StorageMeasuring.class);
  private static final Duration INTERVAL = Duration.ofSeconds(5);

  private final StorageStore store;
  private final StorageSizes sizes;

  StorageMeasuring(StorageStore store, StorageSizes sizes) {
    super("muster-storage-measuring");
    this.store = store;
    this.sizes = sizes;
  }

  @Override
  protected void step() throws InterruptedException {
    var turn = store.begin();
    if (turn.isEmpty()) {
      Thread.sleep(INTERVAL);
      return;
    }
    measure(turn.get());
  }

  /// Where this fails, or dies, the lease runs out and somebody begins anew.
  private void measure(StorageStore.Turn turn) {
    var begun = System.nanoTime();
    measured(turn)
        .ifPresent(bytes -> {
          store.settle(turn, bytes, Duration.ofNanos(System.nanoTime() - begun));
          log.atDebug()
              .addKeyValue("workspace", turn.workspace())
              .addKeyValue("counted", turn.counted())
              .addKeyValue("measured", bytes)
              .log("Measured what a workspace keeps");
        });
  }

  /// Empty if it is somebody else's turn by now, the workspace is gone, or the process stops.
  private OptionalLong measured(StorageStore.Turn turn) {
    var workspace = turn.workspace();
    var histories =
        List.<LongFunction<StorageSizes.Piece>>of(
            after -> sizes.issues(workspace, after), after -> sizes.events(workspace, after));
    var sum = sizes.made(workspace);
    for (var history : histories) {
      var last = 0L;
      var rows = 1;
      while (rows > 0) {
        if (!isRunning() || !store.prolong(turn)) {
          return OptionalLong.empty();
        }
        var piece = history.apply(last);
        last = piece.last();
        rows = piece.rows();
        sum += piece.bytes();
      }
    }
    return OptionalLong.of(sum);
  }
}
