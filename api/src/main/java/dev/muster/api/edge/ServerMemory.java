package dev.muster.api.edge;

import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/// The part of the heap that all requests share for large bodies and large answers. A request takes
/// some before it reads a body or makes a page, and gives it back when it has been answered.
///
/// One user may hold a quarter of it, so that those who are slow or greedy wait for themselves.
@Component
public final class ServerMemory {
  /// What a request takes without asking: small bodies are most bodies.
  public static final int FREE_BYTES = 4 * 1024;

  private static final String SHARE = ServerMemory.class.getName() + ".share";
  private static final String HELD = ServerMemory.class.getName() + ".held";
  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final int PART_OF_HEAP = 4;
  private static final int SHARES = 4;

  private final long total;
  private final long share;
  private final Map<String, Long> held = new HashMap<>();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition given = lock.newCondition();
  private long used;

  @Autowired
  ServerMemory() {
    this(Runtime.getRuntime().maxMemory() / PART_OF_HEAP);
  }

  ServerMemory(long total) {
    this.total = total;
    this.share = total / SHARES;
  }

  /// Says whose share the request's memory counts for, once that is known.
  public static void countFor(HttpServletRequest request, String who) {
    request.setAttribute(SHARE, who);
  }

  /// Takes memory for the request, and waits a little for others to give theirs back. What is
  /// larger than a share takes the whole share.
  ///
  /// @throws Refused 429 if there was none in time
  public void take(HttpServletRequest request, long bytes) {
    var who = request.getAttribute(SHARE) instanceof String named ? named : request.getRemoteAddr();
    var already = held(request);
    var wanted = Math.min(bytes, share - already);
    if (wanted <= 0) {
      return;
    }
    if (!take(who, wanted, PATIENCE)) {
      throw Refused.busy();
    }
    request.setAttribute(SHARE, who);
    request.setAttribute(HELD, already + wanted);
  }

  /// Gives back all that the request has taken.
  void giveBack(HttpServletRequest request) {
    var bytes = held(request);
    if (bytes > 0 && request.getAttribute(SHARE) instanceof String who) {
      request.removeAttribute(HELD);
      giveBack(who, bytes);
    }
  }

  private static long held(HttpServletRequest request) {
    return request.getAttribute(HELD) instanceof Long bytes ? bytes : 0;
  }

  boolean take(String who, long bytes, Duration patience) {
    lock.lock();
    try {
      var left = patience.toNanos();
      while (used + bytes > total || held.getOrDefault(who, 0L) + bytes > share) {
        if (left <= 0) {
          return false;
        }
        left = given.awaitNanos(left);
      }
      used += bytes;
      held.merge(who, bytes, Long::sum);
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } finally {
      lock.unlock();
    }
  }

  void giveBack(String who, long bytes) {
    lock.lock();
    try {
      used -= bytes;
      held.computeIfPresent(who, (_, before) -> before > bytes ? before - bytes : null);
      given.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
