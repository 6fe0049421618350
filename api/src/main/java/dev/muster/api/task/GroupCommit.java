package dev.muster.api.task;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/// Lets writes that arrive together share one statement, one round trip and one commit: the group
/// commit of databases, one floor higher.
///
/// While a batch is under way, those that come wait; when it is through they make the next one. A
/// write that comes alone waits for nobody, and the more there are the less each of them costs.
///
/// @param <W> what is asked for
/// @param <A> what came of it
final class GroupCommit<W, A> {
  /*
   * Whoever finds nobody at work leads: it writes for all that wait, and then hands the lead to the first that came
   * meanwhile, so that nobody leads for longer than one batch. A write is in the batch only if it was waiting before the
   * batch began: no answer is older than its question. If a batch fails, each of its writes is made by itself, so that none
   * fails for another's sake. If the process dies, the batch is committed or it is not, and nobody was answered.
   */
  private static final int BATCH_MAX = 64;

  private final Function<List<W>, List<A>> statement;
  // Both guarded by the object's lock.
  private final ArrayDeque<Waiting<W, A>> waiting = new ArrayDeque<>();
  private boolean isLed;

  /// @param statement makes several writes in one go, and answers each, in their order
  GroupCommit(Function<List<W>, List<A>> statement) {
    this.statement = statement;
  }

  private record Waiting<W, A>(W write, CompletableFuture<Turn<A>> turn) {}

  /// What somebody who waits is told.
  private sealed interface Turn<A> {
    record Lead<A>() implements Turn<A> {}

    record Alone<A>() implements Turn<A> {}

    record Answered<A>(A answer) implements Turn<A> {}
  }

  /// Makes the write, with others if there are some. Fails as the statement fails for this write
  /// alone.
  A write(W write) {
    var mine = new Waiting<W, A>(write, new CompletableFuture<>());
    var turn = leads(mine) ? new Turn.Lead<A>() : mine.turn().join();
    return switch (turn) {
      case Turn.Lead<A> _ -> lead(mine);
      case Turn.Alone<A> _ -> alone(write);
      case Turn.Answered<A>(var answer) -> answer;
    };
  }

  /// How many wait for a batch to end.
  synchronized int waiting() {
    return waiting.size();
  }

  private synchronized boolean leads(Waiting<W, A> mine) {
    if (isLed) {
      waiting.add(mine);
      return false;
    }
    isLed = true;
    return true;
  }

  private A lead(Waiting<W, A> mine) {
    var others = others();
    if (others.isEmpty()) {
      try {
        return alone(mine.write());
      } finally {
        passOn();
      }
    }
    var writes = new ArrayList<W>(others.size() + 1);
    writes.add(mine.write());
    others.forEach(other -> writes.add(other.write()));
    List<A> answers;
    try {
      answers = statement.apply(writes);
      for (var i = 0; i < others.size(); i++) {
        others.get(i).turn().complete(new Turn.Answered<>(answers.get(i + 1)));
      }
    } catch (RuntimeException e) {
      answers = List.of();
    } finally {
      // Does nothing to those that were answered.
      others.forEach(other -> other.turn().complete(new Turn.Alone<>()));
      passOn();
    }
    return answers.isEmpty() ? alone(mine.write()) : answers.getFirst();
  }

  private A alone(W write) {
    return statement.apply(List.of(write)).getFirst();
  }

  private synchronized List<Waiting<W, A>> others() {
    var others = new ArrayList<Waiting<W, A>>();
    while (others.size() < BATCH_MAX - 1 && !waiting.isEmpty()) {
      others.add(waiting.remove());
    }
    return others;
  }

  private synchronized void passOn() {
    if (waiting.isEmpty()) {
      isLed = false;
    } else {
      waiting.remove().turn().complete(new Turn.Lead<>());
    }
  }
}
