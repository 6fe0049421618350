package dev.muster.api.notifier;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.api.feed.Audience;
import dev.muster.api.notifier.Outbound.Next;
import jakarta.websocket.CloseReason;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(10)
class OutboundTest {
  private static final CloseReason STOP =
      new CloseReason(CloseReason.CloseCodes.GOING_AWAY, "stop");
  private static final UUID ONE = new UUID(0, 1);
  private static final UUID OTHER = new UUID(0, 2);

  private final Outbound outbound = new Outbound(10, false);

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
    outbound.offer(Frame.latest(ONE, About.THE_SOCKET, "1"));
    outbound.offer(Frame.latest(OTHER, About.THE_SOCKET, "x"));
    outbound.offer(Frame.of("a"));
    outbound.offer(Frame.latest(ONE, About.THE_SOCKET, "2"));
    outbound.offer(Frame.latest(ONE, About.THE_SOCKET, "3"));

    assertThat(taken(3)).containsExactly(text("3"), text("x"), text("a"));
  }

  @Test
  void aFrameThatIsOutAlreadyIsNotReplaced() throws InterruptedException {
    outbound.offer(Frame.latest(ONE, About.THE_SOCKET, "1"));
    var first = outbound.take();
    outbound.offer(Frame.latest(ONE, About.THE_SOCKET, "2"));

    assertThat(List.of(first, outbound.take())).containsExactly(text("1"), text("2"));
  }

  @Test
  void theBoundCountsWhatWaitsAndNotWhatWasReplaced() throws InterruptedException {
    for (var i = 0; i < 1000; i++) {
      outbound.offer(Frame.latest(ONE, About.THE_SOCKET, "123456789"));
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
    assertThat(Outbound.TOO_SLOW.getCloseCode().getCode()).isEqualTo(4008);
  }

  @Test
  void aReplacementThatDoesNotFitClosesToo() throws InterruptedException {
    outbound.offer(Frame.latest(ONE, About.THE_SOCKET, "1"));
    outbound.offer(Frame.of("12345"));
    outbound.offer(Frame.latest(ONE, About.THE_SOCKET, "123456"));

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

  private static Frame event(long position) {
    return Frame.of("e" + position, About.THE_SOCKET, Audience.MEMBERS, position);
  }

  private static Outbound resumed(long position, long head) {
    var outbound = new Outbound(6, true);
    outbound.begin(position, head);
    outbound.replayed(head);
    return outbound;
  }

  @Test
  void whoKeepsACursorIsToldNothingBeforeItIsSaidWhereItBegins() throws InterruptedException {
    var outbound = new Outbound(10, true);
    outbound.tell(event(5), true);
    outbound.offer(Frame.latest(ONE, About.THE_SOCKET, "gone"));
    outbound.offerFirst(Frame.of("ack"));

    assertThat(outbound.take()).isEqualTo(text("ack"));
    assertThat(outbound.take()).isEqualTo(new Next.Begin());
    outbound.begin(2, 4);
    assertThat(outbound.take()).isEqualTo(new Next.Behind(2));
    assertThat(outbound.replayed(3)).isFalse();
    assertThat(outbound.take()).isEqualTo(new Next.Behind(3));
    assertThat(outbound.replayed(4)).isTrue();
    assertThat(outbound.take()).isEqualTo(text("e5"));
  }

  @Test
  void whatWasReplayedIsNotToldAgain() throws InterruptedException {
    var outbound = new Outbound(10, true);
    outbound.tell(event(5), true);
    outbound.tell(event(6), true);
    outbound.begin(2, 4);
    outbound.replayed(5);
    outbound.tell(event(5), true);
    outbound.tell(event(7), true);

    assertThat(List.of(outbound.take(), outbound.take())).containsExactly(text("e6"), text("e7"));
  }

  @Test
  void whoKeepsACursorFallsBehindInsteadOfBeingClosed() throws InterruptedException {
    var outbound = resumed(0, 0);
    for (var position = 1; position <= 5; position++) {
      outbound.tell(event(position), true);
    }

    assertThat(List.of(outbound.take(), outbound.take(), outbound.take()))
        .containsExactly(text("e1"), text("e2"), text("e3"));
    assertThat(outbound.take()).isEqualTo(new Next.Behind(3));
  }

  @Test
  void anEventThatDidNotComeIsReadFromTheLog() throws InterruptedException {
    var outbound = resumed(0, 0);
    outbound.tell(event(2), true);

    assertThat(outbound.take()).isEqualTo(new Next.Behind(0));
    outbound.replayed(1);
    assertThat(outbound.take()).isEqualTo(text("e2"));
  }

  @Test
  void whoIsHopelesslyBehindMustComeBack() throws InterruptedException {
    var outbound = new Outbound(10, true);
    outbound.begin(0, 1);
    outbound.tell(event(Outbound.BEHIND_MAX + 1), false);

    assertThat(outbound.take()).isEqualTo(new Next.Close(Outbound.TOO_SLOW));
  }

  @Test
  void aHeartbeatSaysWhatStandsBeforeItAndIsSaidOnce() throws InterruptedException {
    var outbound = resumed(0, 0);
    outbound.tell(event(1), true);
    outbound.tell(event(2), false);
    outbound.beat(at -> Frame.of("b" + at));
    outbound.tell(event(3), true);
    outbound.beat(at -> Frame.of("b" + at));

    assertThat(List.of(outbound.take(), outbound.take(), outbound.take()))
        .containsExactly(text("e1"), text("b2"), text("e3"));
  }

  @Test
  void aHeartbeatOfWhoIsBehindSaysWhatTheLastPageCameTo() throws InterruptedException {
    var outbound = new Outbound(10, true);
    outbound.begin(0, 9);
    assertThat(outbound.take()).isEqualTo(new Next.Behind(0));
    outbound.beat(at -> Frame.of("b" + at));
    outbound.replayed(4);
    assertThat(List.of(outbound.take(), outbound.take()))
        .containsExactly(text("b4"), new Next.Behind(4));
    outbound.beat(at -> Frame.of("b" + at));
    outbound.tell(event(10), true);
    outbound.replayed(9);

    assertThat(List.of(outbound.take(), outbound.take())).containsExactly(text("e10"), text("b10"));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void whateverIsLostDoubledOrLateOnTheWayEachEventIsSentOnceAndInOrder(int seed)
      throws InterruptedException {
    var random = new Random(seed);
    var events = 3_000;
    var logged = new AtomicLong(random.nextInt(100));
    var since = random.nextLong(logged.get() + 1);
    var outbound = new Outbound(20 + random.nextInt(200), true);
    var sent = new ArrayList<Long>();
    var taker =
        Thread.ofVirtual().start(() -> take(outbound, since, logged, new Random(seed), sent));
    for (var live = logged.get() + 1; live <= events; live++) {
      logged.accumulateAndGet(Math.min(events, live + random.nextInt(3)), Math::max);
      if (random.nextInt(50) > 0 || live == events) {
        outbound.tell(event(live), true);
      }
      if (random.nextInt(10) == 0) {
        outbound.tell(event(live - random.nextInt(5)), true);
      }
      if (random.nextInt(100) == 0) {
        LockSupport.parkNanos(1_000);
      }
    }
    taker.join();

    assertThat(sent)
        .containsExactlyElementsOf(LongStream.rangeClosed(since + 1, events).boxed().toList());
  }

  /// Sends as a socket does, from a log that grows, until the last event of all.
  private static void take(
      Outbound outbound, long since, AtomicLong logged, Random random, List<Long> sent) {
    try {
      while (sent.isEmpty() || sent.getLast() < 3_000) {
        switch (outbound.take()) {
          case Next.Text(var text) -> sent.add(Long.valueOf(text.substring(1)));
          case Next.Begin() -> outbound.begin(since, logged.get());
          case Next.Behind(var position) -> {
            var end = Math.min(logged.get(), position + 1 + random.nextInt(50));
            LongStream.rangeClosed(position + 1, end).forEach(sent::add);
            outbound.replayed(end);
          }
          case Next.Ping _, Next.Output _, Next.Close _ ->
              throw new AssertionError("nobody asked for that");
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
