package dev.muster.api.server;

import dev.muster.api.ApiProperties;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.apache.tomcat.util.net.NioChannel;
import org.apache.tomcat.util.net.SocketEvent;
import org.apache.tomcat.util.net.SocketWrapperBase;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/// Sees to it that those who have shown no valid token do not take the connections of those who
/// have.
///
/// A newcomer always gets in. If there are too many whom nobody knows, the oldest of them go: a
/// client with a token needs its place as an unknown one for a moment only, one that sends half a
/// request and waits is soon the oldest.
@Component
class ConnectionGuard {
  private static final Logger log = LoggerFactory.getLogger(ConnectionGuard.class);

  /// When some must go, so many go at once, that not every newcomer causes a count.
  private static final double LEFT = 0.9;

  /// How many newcomers are let in between two counts: this part of those there may be.
  private static final int REVIEWS = 10;

  private static final Duration SAID_AGAIN = Duration.ofMinutes(1);
  private static final Duration YOUNG = Duration.ofSeconds(1);

  private final ApiProperties.Connections limits;
  private final Map<SocketWrapperBase<NioChannel>, OpenConnection> open = new ConcurrentHashMap<>();
  private final AtomicInteger anonymousAtMost = new AtomicInteger();
  private volatile int reviewAt;
  // Guarded by the object's lock.
  private long saidAt = System.nanoTime() - SAID_AGAIN.toNanos() - 1;

  ConnectionGuard(ApiProperties properties) {
    this.limits = properties.connections();
    this.reviewAt = limits.anonymous();
  }

  int max() {
    return limits.max();
  }

  int count() {
    return open.size();
  }

  OpenConnection opened(SocketWrapperBase<NioChannel> socket) {
    var connection = open.computeIfAbsent(socket, OpenConnection::new);
    if (socket.isClosed()) {
      open.remove(socket);
    } else if (anonymousAtMost.incrementAndGet() > reviewAt) {
      review();
    }
    return connection;
  }

  OpenConnection of(SocketWrapperBase<NioChannel> socket) {
    return open.computeIfAbsent(socket, OpenConnection::new);
  }

  void closed(SocketWrapperBase<NioChannel> socket) {
    open.remove(socket);
  }

  /// Counts those without a token, and cuts what is too late or too much.
  @Scheduled(fixedDelayString = "PT1S")
  synchronized void review() {
    var now = System.nanoTime();
    open.values().stream().filter(connection -> connection.isLate(now)).forEach(this::cut);
    var byAge =
        open.values().stream()
            .filter(OpenConnection::isAnonymous)
            .sorted(Comparator.comparingLong(connection -> connection.since() - now))
            .collect(Collectors.toCollection(ArrayList::new));
    byAge.stream()
        .collect(Collectors.groupingBy(OpenConnection::address))
        .values()
        .forEach(ofAddress ->
            byAge.removeAll(Set.copyOf(cutOldest(ofAddress, limits.perAddress(), now))));
    var left = byAge.size() - cutOldest(byAge, limits.anonymous(), now).size();
    reviewAt = Math.max(limits.anonymous(), left) + limits.anonymous() / REVIEWS;
    anonymousAtMost.set(left);
  }

  /// Cuts so many that a place is left for newcomers. Who has just come may be about to show a
  /// token: such a one is cut only when there are twice as many as there may be.
  private List<OpenConnection> cutOldest(List<OpenConnection> byAge, int max, long now) {
    if (byAge.size() <= max) {
      return List.of();
    }
    var old =
        byAge.stream()
            .limit(byAge.size() - (int) (max * LEFT))
            .takeWhile(connection -> now - connection.since() > YOUNG.toNanos())
            .toList();
    var cut = List.copyOf(byAge.subList(0, Math.max(old.size(), byAge.size() - 2 * max)));
    cut.forEach(this::cut);
    if (!cut.isEmpty() && now - saidAt > SAID_AGAIN.toNanos()) {
      saidAt = now;
      log.atWarn()
          .log("There are too many connections without a valid token: the oldest are closed");
    }
    return cut;
  }

  /// The web server itself ends what no thread serves, as it does when a time limit is over. Under
  /// a thread the channel is closed, and the thread ends the rest: its buffers must not go to
  /// another connection before.
  private void cut(OpenConnection connection) {
    if (!connection.cut()) {
      connection.socket().processSocket(SocketEvent.ERROR, true);
    }
  }
}
