package dev.muster.api.access;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.muster.api.edge.Refused;
import dev.muster.api.server.ClientAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/// Slows down those who try tokens: once many wrong ones have come from an address, tokens that are
/// not known from there are looked up a few at a time, and each wrong one takes a while.
///
/// That is about eighty tokens a second. Nobody is shut out: tokens that were valid a short time
/// ago do not wait, and another valid one waits for its turn.
final class WrongTokens {
  private static final int FREE = 20;
  private static final int AT_ONCE = 4;
  private static final Duration REMEMBERED = Duration.ofMinutes(1);
  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final Duration WRONG = Duration.ofMillis(50);
  private static final int ADDRESSES_MAX = 10_000;

  private record Tries(AtomicInteger wrong, Semaphore turns) {
    Tries() {
      this(new AtomicInteger(), new Semaphore(AT_ONCE, true));
    }
  }

  private final Cache<String, Tries> addresses =
      Caffeine.newBuilder().expireAfterAccess(REMEMBERED).maximumSize(ADDRESSES_MAX).build();

  /// Looks a token up, in turn if need be.
  ///
  /// @throws Refused 429 if too many others wait at this address
  <T> Optional<T> lookUp(String address, Supplier<Optional<T>> token) {
    var network = ClientAddress.network(address);
    var tries = addresses.getIfPresent(network);
    var found =
        tries == null || tries.wrong().get() < FREE ? token.get() : inTurn(tries.turns(), token);
    if (found.isEmpty()) {
      addresses.get(network, _ -> new Tries()).wrong().incrementAndGet();
    }
    return found;
  }

  private static <T> Optional<T> inTurn(Semaphore turns, Supplier<Optional<T>> token) {
    try {
      if (!turns.tryAcquire(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
        throw Refused.tooMany("too many wrong tokens from this address");
      }
      try {
        var found = token.get();
        if (found.isEmpty()) {
          Thread.sleep(WRONG);
        }
        return found;
      } finally {
        turns.release();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Refused.tooMany("too many wrong tokens from this address");
    }
  }
}
