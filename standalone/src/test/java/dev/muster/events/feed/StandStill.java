package dev.muster.events.feed;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.producer.Producer;
import org.jspecify.annotations.Nullable;

/// Holds whoever uses a producer right before or after one of its calls, until it is released; no
/// interrupt and no error reaches it meanwhile, as none reaches a process that is paused.
final class StandStill {
  private final Point point;
  private final AtomicInteger calls = new AtomicInteger();
  private final CountDownLatch reached = new CountDownLatch(1);
  private final CountDownLatch released = new CountDownLatch(1);
  private final CountDownLatch closed = new CountDownLatch(1);

  /// Where to stand.
  ///
  /// @param count which of the calls of that name, counted from 1
  /// @param isBehind whether the call has been made
  record Point(String method, int count, boolean isBehind) {
    static Point before(String method, int count) {
      return new Point(method, count, false);
    }

    static Point after(String method, int count) {
      return new Point(method, count, true);
    }
  }

  StandStill(Point point) {
    this.point = point;
  }

  @SuppressWarnings("unchecked")
  Producer<byte[], byte[]> around(Producer<byte[], byte[]> producer) {
    return (Producer<byte[], byte[]>)
        Proxy.newProxyInstance(
            Producer.class.getClassLoader(),
            new Class<?>[] {Producer.class},
            (_, method, arguments) -> pass(producer, method, arguments));
  }

  private @Nullable Object pass(
      Producer<byte[], byte[]> producer, Method method, Object @Nullable [] arguments)
      throws Throwable {
    var isHere = method.getName().equals(point.method) && calls.incrementAndGet() == point.count;
    if (isHere && !point.isBehind) {
      stand();
    }
    try {
      return method.invoke(producer, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    } finally {
      if (isHere && point.isBehind) {
        stand();
      }
      if (method.getName().equals("close")) {
        closed.countDown();
      }
    }
  }

  private void stand() {
    reached.countDown();
    awaitRelease();
  }

  private void awaitRelease() {
    while (released.getCount() > 0) {
      try {
        released.await();
      } catch (InterruptedException e) {
        // It goes on when it is released, and not before.
      }
    }
  }

  boolean isReached() {
    return reached.getCount() == 0;
  }

  boolean isClosed() {
    return closed.getCount() == 0;
  }

  void release() {
    released.countDown();
  }
}
