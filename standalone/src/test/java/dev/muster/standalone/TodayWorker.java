package dev.muster.standalone;

import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Multica's daemon of 2026-08 at work in a [MixedFleet]: a machine, on which one [TodayProcess]
/// follows another under the same identity.
final class TodayWorker implements MixedFleet.Member {
  private final TodayMachine machine;
  private final Set<UUID> completed = ConcurrentHashMap.newKeySet();
  private final List<String> refusals = new CopyOnWriteArrayList<>();
  private final List<TodayProcess> asleep = new CopyOnWriteArrayList<>();
  private final SplittableRandom random;
  private int life;
  private volatile @Nullable TodayProcess process;

  TodayWorker(MixedFleet.Ways ways, Load.Post post, int number, long seed) {
    this.random = new SplittableRandom(seed + number);
    this.machine =
        new TodayMachine(
            ways.calls(),
            ways.sockets().get(number % ways.sockets().size()),
            post,
            "dm" + number,
            seed + number);
  }

  @Override
  public void start() {
    life++;
    process = new TodayProcess(machine, life, completed, refusals);
  }

  @Override
  public boolean holds(UUID task) {
    var current = process;
    return current != null && current.holds(task);
  }

  @Override
  public int completed() {
    return completed.size();
  }

  @Override
  public List<String> refusals() {
    return refusals;
  }

  /// In one of two cases the machine only sleeps.
  @Override
  public void kill() {
    end(random.nextBoolean() ? TodayProcess::kill : this::putToSleep);
  }

  private void putToSleep(TodayProcess current) {
    current.sleep();
    asleep.add(current);
  }

  @Override
  public void stop() {
    end(TodayProcess::stop);
  }

  private void end(Consumer<TodayProcess> way) {
    var current = process;
    if (current != null) {
      way.accept(current);
    }
    process = null;
  }

  @Override
  public void close() {
    end(TodayProcess::kill);
    asleep.forEach(TodayProcess::kill);
  }
}
