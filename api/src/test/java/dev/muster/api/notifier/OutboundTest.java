package dev.muster.api.notifier;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.api.notifier.Outbound.Next;
import jakarta.websocket.CloseReason;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(10)
class OutboundTest {
  private static final CloseReason STOP =
      new CloseReason(CloseReason.CloseCodes.GOING_AWAY, "stop");
  private static final UUID ONE = new UUID(0, 1);
  private static final UUID OTHER = new UUID(0, 2);

  private final Outbound outbound = new Outbound(10);

  private List<Next> taken(int count) throws InterruptedException {
    var taken = new ArrayList<Next>();
    for (var i = 0; i < count; i++) {
      taken.add(outbound.take());
    }
    return taken;
  }

  private static Next text(String text) {
    return new Next.Text(text);
  }

  @Test
  void framesComeOutInTheOrderInWhichTheyWentIn() throws InterruptedException {
    outbound.offer(Frame.of("a"));
    outbound.offer(Frame.of("b"));
    outbound.offer(Frame.of("c"));

    assertThat(taken(3)).containsExactly(text("a"), text("b"), text("c"));
  }

  @Test
  void aNewerFrameTakesThePlaceOfTheOneItReplaces() throws InterruptedException {
    outbound.offer(Frame.latest(ONE, "1"));
    outbound.offer(Frame.latest(OTHER, "x"));
    outbound.offer(Frame.of("a"));
    outbound.offer(Frame.latest(ONE, "2"));
    outbound.offer(Frame.latest(ONE, "3"));

    assertThat(taken(3)).containsExactly(text("3"), text("x"), text("a"));
  }

  @Test
  void aFrameThatIsOutAlreadyIsNotReplaced() throws InterruptedException {
    outbound.offer(Frame.latest(ONE, "1"));
    var first = outbound.take();
    outbound.offer(Frame.latest(ONE, "2"));

    assertThat(List.of(first, outbound.take())).containsExactly(text("1"), text("2"));
  }

  @Test
  void theBoundCountsWhatWaitsAndNotWhatWasReplaced() throws InterruptedException {
    for (var i = 0; i < 1000; i++) {
      outbound.offer(Frame.latest(ONE, "123456789"));
    }
    outbound.offer(Frame.of("a"));

    assertThat(taken(2)).containsExactly(text("123456789"), text("a"));
  }

  @Test
  void whatDoesNotFitClosesWithAWordToComeBackAndForgetsWhatWaited() throws InterruptedException {
    outbound.offer(Frame.of("123456"));
    outbound.offer(Frame.of("12345"));
    outbound.offer(Frame.of("a"));

    assertThat(taken(2))
        .containsExactly(new Next.Close(Outbound.TOO_SLOW), new Next.Close(Outbound.TOO_SLOW));
    assertThat(Outbound.TOO_SLOW.getCloseCode().getCode()).isEqualTo(1013);
  }

  @Test
  void aReplacementThatDoesNotFitClosesToo() throws InterruptedException {
    outbound.offer(Frame.latest(ONE, "1"));
    outbound.offer(Frame.of("12345"));
    outbound.offer(Frame.latest(ONE, "123456"));

    assertThat(outbound.take()).isEqualTo(new Next.Close(Outbound.TOO_SLOW));
  }

  @Test
  void aFrameLargerThanTheBoundGoesOutIfNothingWaits() throws InterruptedException {
    outbound.offer(Frame.of("12345678901234567890"));

    assertThat(outbound.take()).isEqualTo(text("12345678901234567890"));
  }

  @Test
  void whatWasTakenMakesRoom() throws InterruptedException {
    for (var i = 0; i < 100; i++) {
      outbound.offer(Frame.of("123456"));
      outbound.take();
    }
    outbound.offer(Frame.of("end"));

    assertThat(outbound.take()).isEqualTo(text("end"));
  }

  @Test
  void aPingGoesBeforeTheFramesAndOnceForMany() throws InterruptedException {
    outbound.offer(Frame.of("a"));
    outbound.ping();
    outbound.ping();

    assertThat(taken(2)).containsExactly(new Next.Ping(), text("a"));
  }

  @Test
  void theFirstReasonToCloseCounts() throws InterruptedException {
    outbound.close(STOP);
    outbound.close(Outbound.TOO_SLOW);
    outbound.offer(Frame.of("a"));
    outbound.offerFirst(Frame.of("b"));

    assertThat(outbound.take()).isEqualTo(new Next.Close(STOP));
  }

  @Test
  void whatIsPutFirstGoesFirst() throws InterruptedException {
    outbound.offer(Frame.of("a"));
    outbound.offerFirst(Frame.of("ack"));

    assertThat(taken(2)).containsExactly(text("ack"), text("a"));
  }

  @Test
  void whoWaitsIsWoken() throws Exception {
    Callable<Next> take = outbound::take;
    var taken = new FutureTask<>(take);
    var taker = Thread.ofVirtual().start(taken);
    outbound.offer(Frame.of("a"));

    assertThat(taken.get(5, TimeUnit.SECONDS)).isEqualTo(text("a"));
    taker.join();
  }
}
