package dev.muster.api.socket;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.events.id.WorkspaceId;
import java.util.ArrayList;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// One workspace's many do not stand in another one's way.
@Timeout(30)
class TurnsTest {
  private static final WorkspaceId CROWDED = new WorkspaceId(UUID.randomUUID());
  private static final WorkspaceId QUIET = new WorkspaceId(UUID.randomUUID());

  private final Turns turns = new Turns(3, 2);

  private Thread waiting(CountDownLatch got) {
    return Thread.ofPlatform()
        .daemon()
        .start(() -> {
          try (var _ = turns.take(CROWDED)) {
            got.countDown();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
  }

  private static void awaitWaiting(Thread thread) {
    var until = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    while (thread.getState() != Thread.State.WAITING) {
      assertThat(System.nanoTime()).as("a turn is waited for").isLessThan(until);
      Thread.onSpinWait();
    }
  }

  @Test
  void whatWaitsInOneWorkspaceLeavesTheOthersTheirTurns() throws Exception {
    var held = new ArrayList<Turns.Turn>();
    held.add(turns.take(CROWDED));
    held.add(turns.take(CROWDED));
    var got = new CountDownLatch(2);
    awaitWaiting(waiting(got));
    awaitWaiting(waiting(got));

    var quiet =
        CompletableFuture.runAsync(() -> {
          try (var _ = turns.take(QUIET)) {
            assertThat(got.getCount()).isEqualTo(2);
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
        });

    quiet.get(10, TimeUnit.SECONDS);
    held.forEach(Turns.Turn::close);
    assertThat(got.await(10, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void whoIsInterruptedWhileWaitingTakesNoTurnWithIt() throws Exception {
    var first = turns.take(CROWDED);
    var second = turns.take(CROWDED);
    var waiting = waiting(new CountDownLatch(1));
    awaitWaiting(waiting);

    waiting.interrupt();
    waiting.join();
    first.close();
    second.close();

    try (var _ = turns.take(CROWDED);
        var _ = turns.take(CROWDED);
        var _ = turns.take(QUIET)) {
      assertThat(waiting.isAlive()).isFalse();
    }
  }
}
