package dev.muster.tasks.simulation;

import static dev.muster.tasks.simulation.Simulation.SECOND;

import dev.muster.events.id.RuntimeId;
import dev.muster.tasks.command.ClaimAnswer;
import dev.muster.tasks.command.TaskCommand;
import dev.muster.tasks.command.TaskCommand.Claim;
import dev.muster.tasks.lane.SteppedLane;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessException;

/// An instance of the api with one lane. What it has not answered is gone when it dies.
final class Instance extends Part {
  private static final long LOOK_AGAIN = 2 * SECOND;

  private SteppedLane lane;
  private boolean isDue;

  Instance(Simulation sim, String name) {
    super(sim, name);
    lane = newLane();
  }

  private SteppedLane newLane() {
    return new SteppedLane(
        sim.server.store(), sim.server.decider(), sim.random, this::beside, this::submitted);
  }

  @Override
  void begin() {
    isDue = false;
    lane = newLane();
    sim.server.hearsApi();
    live();
  }

  private void live() {
    sim.server.hearsApi();
    make();
    after(5 * SECOND, this + " lives", this::live);
  }

  SteppedLane lane() {
    return lane;
  }

  /// Serves a request, if there is somebody to serve it. The answer comes when it comes, or never.
  <T> void serve(
      Supplier<CompletableFuture<T>> request, BiConsumer<@Nullable T, @Nullable Throwable> answer) {
    if (!isUp()) {
      return;
    }
    obey(() -> {
      try {
        var _ = request.get().whenComplete(answer);
      } catch (DataAccessException e) {
        answer.accept(null, e);
      }
    });
  }

  /// Decides a command together with others that are there.
  <A> CompletableFuture<A> ask(TaskCommand<A> command) {
    return cast(command, lane.ask(command));
  }

  /// Decides a claim, which waits for work.
  CompletableFuture<ClaimAnswer> claim(Claim claim, long wait) {
    if (wait == 0) {
      return ask(claim);
    }
    var standing = lane.claim(claim);
    for (var look = LOOK_AGAIN; look < wait; look += LOOK_AGAIN) {
      after(look, "a claim looks again", standing::lookAgain);
    }
    after(wait, "a claim gives up", standing::giveUp);
    return cast(claim, standing.answer());
  }

  /// A command's answer is of its own type: the Decider says so, case by case.
  @SuppressWarnings({"unchecked", "UnusedVariable"})
  private static <A> CompletableFuture<A> cast(
      TaskCommand<A> command, CompletableFuture<Object> answer) {
    return (CompletableFuture<A>) (CompletableFuture<?>) answer;
  }

  void wake(RuntimeId runtime) {
    if (isUp()) {
      lane.wake(runtime);
    }
  }

  /// The batch before is still under way, or there was none.
  private void submitted() {
    if (!isDue) {
      isDue = true;
      after(
          sim.happens(0.3) ? sim.between(5, 300) : 1,
          this + " makes a batch",
          () -> {
            isDue = false;
            make();
          });
    }
  }

  private void make() {
    lane.make();
  }

  /// Makes a batch while another instance is in the midst of one.
  void makeMeanwhile() {
    if (isUp()) {
      obey(this::make);
    }
  }

  /// Waits for locks.
  private void beside(Runnable command) {
    after(
        sim.between(1, 20),
        this + " decides a command alone",
        () -> {
          if (sim.server.store().isAnythingLocked()) {
            beside(command);
          } else {
            sim.seen.add("decided alone");
            command.run();
          }
        });
  }
}
