package dev.muster.tasks.lane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.dao.QueryTimeoutException;

// Without the clock a wait may last for ever.
@Timeout(60)
class WaitsTest {
  private static final Duration LONG = Duration.ofMinutes(5);
  private static final Duration SHORT = Duration.ofMillis(150);

  private final Waits waits = new Waits();
  private final CompletableFuture<Object> answer = new CompletableFuture<>();
  private final Thread clock = Thread.ofPlatform().unstarted(waits);

  @BeforeEach
  void start() {
    clock.start();
  }

  @AfterEach
  void stop() throws InterruptedException {
    clock.interrupt();
    clock.join();
  }

  private static FutureTask<Object> inAThread(Callable<Object> wait) {
    var result = new FutureTask<>(wait);
    Thread.ofVirtual().start(result);
    return result;
  }

  @Test
  void anAnswerEndsTheWait() throws Exception {
    var waiting = inAThread(() -> waits.get(answer, LONG));

    answer.complete("done");

    assertThat(waiting.get()).isEqualTo("done");
    assertThat(waits.get(answer, Duration.ZERO)).isEqualTo("done");
  }

  @Test
  void aFailureEndsTheWait() {
    var waiting = inAThread(() -> waits.get(answer, LONG));

    answer.completeExceptionally(new IllegalStateException("gone"));

    assertThatThrownBy(waiting::get)
        .cause()
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("gone");
  }

  @Test
  void theTimeEndsTheWait() {
    assertThatThrownBy(() -> waits.get(answer, SHORT)).isInstanceOf(TimeoutException.class);
    assertThatThrownBy(() -> waits.await(answer, SHORT)).isInstanceOf(QueryTimeoutException.class);
  }

  @Test
  void oneAnswerIsWaitedForAgainAfterItsTime() throws Exception {
    assertThatThrownBy(() -> waits.get(answer, SHORT)).isInstanceOf(TimeoutException.class);
    var again = inAThread(() -> waits.get(answer, LONG));

    answer.complete("late");

    assertThat(again.get()).isEqualTo("late");
  }

  @Test
  void anInterruptEndsTheWait() throws Exception {
    var result = new FutureTask<>(() -> waits.get(answer, LONG));
    var thread = Thread.ofVirtual().start(result);

    thread.interrupt();

    assertThatThrownBy(result::get).hasCauseInstanceOf(QueryTimeoutException.class);
  }

  @Test
  void aWaitHasItsTimeWithoutTheClockToo() throws Exception {
    var begun = inAThread(() -> waits.get(answer, Duration.ofSeconds(1)));
    clock.interrupt();
    clock.join();

    assertThatThrownBy(begun::get).hasCauseInstanceOf(TimeoutException.class);
    assertThatThrownBy(() -> waits.get(answer, SHORT)).isInstanceOf(TimeoutException.class);
  }
}
