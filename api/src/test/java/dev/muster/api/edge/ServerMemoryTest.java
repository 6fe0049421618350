package dev.muster.api.edge;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;

/// Large requests share what there is, and none takes it all.
class ServerMemoryTest {
  private final ServerMemory memory = new ServerMemory(400);

  @Test
  void oneUserHasAQuarter() {
    assertThat(memory.take("a", 100, Duration.ZERO)).isTrue();
    assertThat(memory.take("a", 1, Duration.ZERO)).isFalse();

    assertThat(memory.take("b", 100, Duration.ZERO)).isTrue();
    memory.giveBack("a", 50);
    assertThat(memory.take("a", 50, Duration.ZERO)).isTrue();
  }

  @Test
  void allTogetherHaveNoMoreThanThereIs() {
    for (var who : new String[] {"a", "b", "c", "d"}) {
      assertThat(memory.take(who, 100, Duration.ZERO)).isTrue();
    }
    assertThat(memory.take("e", 1, Duration.ZERO)).isFalse();
  }

  @Test
  void whoWaitsGetsWhatIsGivenBack() {
    assertThat(memory.take("a", 100, Duration.ZERO)).isTrue();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var waiting =
          CompletableFuture.supplyAsync(
              () -> memory.take("a", 100, Duration.ofMinutes(1)), threads);

      memory.giveBack("a", 100);

      assertThat(waiting.join()).isTrue();
    }
  }
}
