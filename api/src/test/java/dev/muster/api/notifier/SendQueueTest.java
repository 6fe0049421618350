package dev.muster.api.notifier;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.api.feed.Audience;
import dev.muster.api.frame.Frame;
import dev.muster.api.frame.FrameSubject;
import dev.muster.api.notifier.SendQueue.Next;
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
class SendQueueTest {
  private static final CloseReason STOP =
      new CloseReason(CloseReason.CloseCodes.GOING_AWAY, "stop");
  private static final UUID ONE = new UUID(0, 1);
  private static final UUID OTHER = new UUID(0, 2);

  private final SendQueue sendQueue = new SendQueue(10, false);

  private List<Next> taken(int count) throws InterruptedException {
    var taken = new ArrayList<Next>();
    for (var i = 0; i < count; i++) {
      taken.add(sendQueue.take());
    }
    return taken;
  }

  private static Next text(String text) {
    return new Next.Text(text);
  }

  @Test
  void framesComeOutInTheOrderInWhichTheyWentIn() throws InterruptedException {
    sendQueue.offer(Frame.of("a"));
    sendQueue.offer(Frame.of("b"));
    sendQueue.offer(Frame.of("c"));

    assertThat(taken(3)).containsExactly(text("a"), text("b"), text("c"));
  }

  @Test
  void aNewerFrameTakesThePlaceOfTheOneItReplaces() throws InterruptedException {
    sendQueue.offer(Frame.latest(ONE, FrameSubject.THE_SOCKET, "1"));
    sendQueue.offer(Frame.latest(OTHER, FrameSubject.THE_SOCKET, "x"));
    sendQueue.offer(Frame.of("a"));
    sendQueue.offer(Frame.latest(ONE, FrameSubject.THE_SOCKET, "2"));
    sendQueue.offer(Frame.latest(ONE, FrameSubject.THE_SOCKET, "3"));

    assertThat(taken(3)).containsExactly(text("3"), text("x"), text("a"));
  }

  @Test
  void aFrameThatIsOutAlreadyIsNotReplaced() throws InterruptedException {
    sendQueue.offer(Frame.latest(ONE, FrameSubject.THE_SOCKET, "1"));
    var first = sendQueue.take();
    sendQueue.offer(Frame.latest(ONE, FrameSubject.THE_SOCKET, "2"));

    assertThat(List.of(first, sendQueue.take())).containsExactly(text("1"), text("2"));
  }

  @Test
  void theBoundCountsWhatWaitsAndNotWhatWasReplaced() throws InterruptedException {
    for (var i = 0; i < 1000; i++) {
      sendQueue.offer(Frame.latest(ONE, FrameSubject.THE_SOCKET, "123456789"));
    }
    sendQueue.offer(Frame.of("a"));

    assertThat(taken(2)).containsExactly(text("123456789"), text("a"));
  }

  @Test
  void whatDoesNotFitClosesWithAWordToComeBackAndForgetsWhatWaited() throws InterruptedException {
    sendQueue.offer(Frame.of("123456"));
    sendQueue.offer(Frame.of("12345"));
    sendQueue.offer(Frame.of("a"));

    assertThat(taken(2))
        .containsExactly(new Next.Close(SendQueue.TOO_SLOW), new Next.Close(SendQueue.TOO_SLOW));
    assertThat(SendQueue.TOO_SLOW.getCloseCode().getCode()).isEqualTo(4008);
  }

  @Test
  void aReplacementThatDoesNotFitClosesToo() throws InterruptedException {
    sendQueue.offer(Frame.latest(ONE, FrameSubject.THE_SOCKET, "1"));
    sendQueue.offer(Frame.of("12345"));
    sendQueue.offer(Frame.latest(ONE, FrameSubject.THE_SOCKET, "123456"));

    assertThat(sendQueue.take()).isEqualTo(new Next.Close(SendQueue.TOO_SLOW));
  }

  @Test
  void aFrameLargerThanTheBoundGoesOutIfNothingWaits() throws InterruptedException {
    sendQueue.offer(Frame.of("12345678901234567890"));

    assertThat(sendQueue.take()).isEqualTo(text("12345678901234567890"));
  }

  @Test
  void whatWasTakenMakesRoom() throws InterruptedException {
    for (var i = 0; i < 100; i++) {
      sendQueue.offer(Frame.of("123456"));
      sendQueue.take();
    }
    sendQueue.offer(Frame.of("end"));

    assertThat(sendQueue.take()).isEqualTo(text("end"));
  }

  @Test
  void aPingGoesBeforeTheFramesAndOnceForMany() throws InterruptedException {
    sendQueue.offer(Frame.of("a"));
    sendQueue.ping();
    sendQueue.ping();

    assertThat(taken(2)).containsExactly(new Next.Ping(), text("a"));
  }

  @Test
  void theFirstReasonToCloseCounts() throws InterruptedException {
    sendQueue.close(STOP);
    sendQueue.close(SendQueue.TOO_SLOW);
    sendQueue.offer(Frame.of("a"));
    sendQueue.offerFirst(Frame.of("b"));

    assertThat(sendQueue.take()).isEqualTo(new Next.Close(STOP));
  }

  @Test
  void whatIsPutFirstGoesFirst() throws InterruptedException {
    sendQueue.offer(Frame.of("a"));
    sendQueue.offerFirst(Frame.of("ack"));

    assertThat(taken(2)).containsExactly(text("ack"), text("a"));
  }

  @Test
  void whoWaitsIsWoken() throws Exception {
    Callable<Next> take = sendQueue::take;
    var taken = new FutureTask<>(take);
    var taker = Thread.ofVirtual().start(taken);
    sendQueue.offer(Frame.of("a"));

    assertThat(taken.get(5, TimeUnit.SECONDS)).isEqualTo(text("a"));
    taker.join();
  }

  private static Frame event(long position) {
    return Frame.of("e" + position, FrameSubject.THE_SOCKET, Audience.MEMBERS, position);
  }

  private static SendQueue resumed(long position, long head) {
    var sendQueue = new SendQueue(6, true);
    sendQueue.begin(position, head);
    sendQueue.replayed(head);
    return sendQueue;
  }

  @Test
  void whoKeepsACursorIsToldNothingBeforeItIsSaidWhereItBegins() throws InterruptedException {
    var sendQueue = new SendQueue(10, true);
    sendQueue.tell(event(5), true);
    sendQueue.offer(Frame.latest(ONE, FrameSubject.THE_SOCKET, "gone"));
    sendQueue.offerFirst(Frame.of("ack"));

    assertThat(sendQueue.take()).isEqualTo(text("ack"));
    assertThat(sendQueue.take()).isEqualTo(new Next.Begin());
    sendQueue.begin(2, 4);
    assertThat(sendQueue.take()).isEqualTo(new Next.Behind(2));
    assertThat(sendQueue.replayed(3)).isFalse();
    assertThat(sendQueue.take()).isEqualTo(new Next.Behind(3));
    assertThat(sendQueue.replayed(4)).isTrue();
    assertThat(sendQueue.take()).isEqualTo(text("e5"));
  }

  @Test
  void whatWasReplayedIsNotToldAgain() throws InterruptedException {
    var sendQueue = new SendQueue(10, true);
    sendQueue.tell(event(5), true);
    sendQueue.tell(event(6), true);
    sendQueue.begin(2, 4);
    sendQueue.replayed(5);
    sendQueue.tell(event(5), true);
    sendQueue.tell(event(7), true);

    assertThat(List.of(sendQueue.take(), sendQueue.take())).containsExactly(text("e6"), text("e7"));
  }

  @Test
  void whoKeepsACursorFallsBehindInsteadOfBeingClosed() throws InterruptedException {
    var sendQueue = resumed(0, 0);
    for (var position = 1; position <= 5; position++) {
      sendQueue.tell(event(position), true);
    }

    assertThat(List.of(sendQueue.take(), sendQueue.take(), sendQueue.take()))
        .containsExactly(text("e1"), text("e2"), text("e3"));
    assertThat(sendQueue.take()).isEqualTo(new Next.Behind(3));
  }

  @Test
  void anEventThatDidNotComeIsReadFromTheLog() throws InterruptedException {
    var sendQueue = resumed(0, 0);
    sendQueue.tell(event(2), true);

    assertThat(sendQueue.take()).isEqualTo(new Next.Behind(0));
    sendQueue.replayed(1);
    assertThat(sendQueue.take()).isEqualTo(text("e2"));
  }

  @Test
  void whoIsHopelesslyBehindMustComeBack() throws InterruptedException {
    var sendQueue = new SendQueue(10, true);
    sendQueue.begin(0, 1);
    sendQueue.tell(event(SendQueue.BEHIND_MAX + 1), false);

    assertThat(sendQueue.take()).isEqualTo(new Next.Close(SendQueue.TOO_SLOW));
  }

  @Test
  void aHeartbeatSaysWhatStandsBeforeItAndIsSaidOnce() throws InterruptedException {
    var sendQueue = resumed(0, 0);
    sendQueue.tell(event(1), true);
    sendQueue.tell(event(2), false);
    sendQueue.beat(at -> Frame.of("b" + at));
    sendQueue.tell(event(3), true);
    sendQueue.beat(at -> Frame.of("b" + at));

    assertThat(List.of(sendQueue.take(), sendQueue.take(), sendQueue.take()))
        .containsExactly(text("e1"), text("b2"), text("e3"));
  }

  @Test
  void aHeartbeatOfWhoIsBehindSaysWhatTheLastPageCameTo() throws InterruptedException {
    var sendQueue = new SendQueue(10, true);
    sendQueue.begin(0, 9);
    assertThat(sendQueue.take()).isEqualTo(new Next.Behind(0));
    sendQueue.beat(at -> Frame.of("b" + at));
    sendQueue.replayed(4);
    assertThat(List.of(sendQueue.take(), sendQueue.take()))
        .containsExactly(text("b4"), new Next.Behind(4));
    sendQueue.beat(at -> Frame.of("b" + at));
    sendQueue.tell(event(10), true);
    sendQueue.replayed(9);

    assertThat(List.of(sendQueue.take(), sendQueue.take()))
        .containsExactly(text("e10"), text("b10"));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void whateverIsLostDoubledOrLateOnTheWayEachEventIsSentOnceAndInOrder(int seed)
      throws InterruptedException {
    var random = new Random(seed);
    var events = 3_000;
    var logged = new AtomicLong(random.nextInt(100));
    var since = random.nextLong(logged.get() + 1);
    var sendQueue = new SendQueue(20 + random.nextInt(200), true);
    var sent = new ArrayList<Long>();
    var taker =
        Thread.ofVirtual().start(() -> take(sendQueue, since, logged, new Random(seed), sent));
    for (var live = logged.get() + 1; live <= events; live++) {
      logged.accumulateAndGet(Math.min(events, live + random.nextInt(3)), Math::max);
      if (random.nextInt(50) > 0 || live == events) {
        sendQueue.tell(event(live), true);
      }
      if (random.nextInt(10) == 0) {
        sendQueue.tell(event(live - random.nextInt(5)), true);
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
      SendQueue sendQueue, long since, AtomicLong logged, Random random, List<Long> sent) {
    try {
      while (sent.isEmpty() || sent.getLast() < 3_000) {
        switch (sendQueue.take()) {
          case Next.Text(var text) -> sent.add(Long.valueOf(text.substring(1)));
          case Next.Begin() -> sendQueue.begin(since, logged.get());
          case Next.Behind(var position) -> {
            var end = Math.min(logged.get(), position + 1 + random.nextInt(50));
            LongStream.rangeClosed(position + 1, end).forEach(sent::add);
            sendQueue.replayed(end);
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
