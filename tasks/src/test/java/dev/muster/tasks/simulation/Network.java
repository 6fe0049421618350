package dev.muster.tasks.simulation;

import static dev.muster.tasks.simulation.Simulation.SECOND;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;

/// The way to the instances and back. Requests and answers are lost, late and doubled.
final class Network {
  /// How long a client waits for an answer.
  private static final long TIMEOUT = 30 * SECOND;

  private final Simulation sim;

  Network(Simulation sim) {
    this.sim = sim;
  }

  private long delay() {
    return sim.happens(sim.faults.slowness())
        ? sim.between(SECOND, 70 * SECOND)
        : sim.between(1, 40);
  }

  /// A request as its sender knows it: answered, or not in time, exactly once.
  private final class Call<T> {
    private final long sentAt = sim.now;
    private final Consumer<Optional<T>> answered;
    private boolean isOver;

    Call(Consumer<Optional<T>> answered) {
      this.answered = answered;
      sim.after(TIMEOUT, "no answer", () -> end(Optional.empty()));
    }

    void end(Optional<T> answer) {
      if (!isOver) {
        isOver = true;
        answered.accept(answer);
      }
    }

    void answer(String what, Optional<T> answer) {
      var delay = delay();
      if (!sim.happens(sim.faults.loss()) && sim.now + delay <= sentAt + TIMEOUT) {
        sim.after(delay, "answer to " + what, () -> end(answer));
      }
    }
  }

  /// Sends a request to one of the instances.
  <T> void call(
      String what, Function<Instance, CompletableFuture<T>> serve, Consumer<Optional<T>> answered) {
    var call = new Call<T>(answered);
    if (sim.happens(sim.faults.doubling())) {
      sim.after(
          delay() + sim.between(0, 60 * SECOND),
          what + " once more",
          () -> {
            var instance = sim.server.any();
            instance.serve(() -> serve.apply(instance), (_, _) -> {});
          });
    }
    if (!sim.happens(sim.faults.loss())) {
      sim.after(delay(), what, () -> arrive(what, serve, call));
    }
  }

  private <T> void arrive(
      String what, Function<Instance, CompletableFuture<T>> serve, Call<T> call) {
    var instance = sim.server.any();
    instance.serve(
        () -> serve.apply(instance),
        (answer, failure) ->
            call.answer(what, failure == null ? Optional.ofNullable(answer) : Optional.empty()));
  }
}
