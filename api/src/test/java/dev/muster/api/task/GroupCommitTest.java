package dev.muster.api.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class GroupCommitTest {
  private final ConcurrentLinkedQueue<List<Integer>> batches = new ConcurrentLinkedQueue<>();
  private final CountDownLatch firstMayEnd = new CountDownLatch(1);
  private final CompletableFuture<Void> firstHasBegun = new CompletableFuture<>();

  /// Doubles numbers, and refuses seven. Its first batch lasts until it may end.
  private List<Integer> twice(List<Integer> numbers) {
    batches.add(List.copyOf(numbers));
    if (firstHasBegun.complete(null)) {
      try {
        firstMayEnd.await();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
    if (numbers.contains(7)) {
      throw new IllegalArgumentException("seven");
    }
    return numbers.stream().map(n -> 2 * n).toList();
  }

  /// Has one write under way, lets the others come, and then lets the first end.
  private List<Future<Integer>> afterOne(GroupCommit<Integer, Integer> group, List<Integer> others)
      throws Exception {
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var answers = new ArrayList<Future<Integer>>();
      answers.add(threads.submit(() -> group.write(0)));
      firstHasBegun.join();
      for (var other : others) {
        answers.add(threads.submit(() -> group.write(other)));
        while (group.waiting() < answers.size() - 1) {
          Thread.onSpinWait();
        }
      }
      firstMayEnd.countDown();
      return answers;
    }
  }

  @Test
  void aWriteThatComesAloneGoesAlone() {
    var group = new GroupCommit<>(this::twice);
    firstMayEnd.countDown();
    assertThat(group.write(1)).isEqualTo(2);
    assertThat(group.write(2)).isEqualTo(4);
    assertThat(batches).containsExactly(List.of(1), List.of(2));
  }

  @Test
  void whatComesDuringABatchIsTheNextOneAndEachIsGivenItsOwnAnswer() throws Exception {
    var answers = afterOne(new GroupCommit<>(this::twice), List.of(1, 2, 3));
    assertThat(answers).extracting(Future::get).containsExactly(0, 2, 4, 6);
    assertThat(batches).containsExactly(List.of(0), List.of(1, 2, 3));
  }

  @Test
  void aWriteThatFailsFailsNobodyElse() throws Exception {
    var answers = afterOne(new GroupCommit<>(this::twice), List.of(1, 7, 3));
    assertThat(List.of(answers.get(0), answers.get(1), answers.get(3)))
        .extracting(Future::get)
        .containsExactly(0, 2, 6);
    assertThatThrownBy(() -> answers.get(2).get()).hasRootCauseMessage("seven");
    assertThat(batches)
        .containsExactlyInAnyOrder(
            List.of(0), List.of(1, 7, 3), List.of(1), List.of(7), List.of(3));
  }

  @Test
  void moreThanABatchHoldsAreSeveral() throws Exception {
    var numbers = IntStream.range(100, 250).boxed().toList();
    var answers = afterOne(new GroupCommit<>(this::twice), numbers);
    assertThat(answers.subList(1, answers.size()))
        .extracting(Future::get)
        .containsExactlyElementsOf(numbers.stream().map(n -> 2 * n).toList());
    assertThat(batches).extracting(List::size).containsExactly(1, 64, 64, 22);
  }
}
