package dev.muster.events.feed;

import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/// A named thread that does one step after another until it is stopped, and goes on after a step
/// failed, whatever it failed with: a loop that had ended unseen would look like a healthy process
/// that does nothing.
///
/// `stop` interrupts the step and waits for the thread's end; a step that is interrupted leaves
/// nothing half done, since what it does to the outside is a transaction.
public abstract class Loop implements SmartLifecycle {
  private static final Logger log = LoggerFactory.getLogger(Loop.class);
  private static final Duration PAUSE_AFTER_FAILURE = Duration.ofMillis(500);
  private static final Duration STOP_AT_MOST = Duration.ofSeconds(10);

  private final String name;
  private volatile boolean running;
  private volatile Thread thread = new Thread();

  protected Loop(String name) {
    this.name = name;
  }

  /// One step. Blocks while there is nothing to do.
  protected abstract void step() throws Exception;

  /// Lets go of what a step left open, before the next step or the end. Called on the loop's thread
  /// after a failure.
  protected void reset() {}

  @Override
  public final void start() {
    running = true;
    thread = Thread.ofPlatform().name(name).daemon(true).start(this::run);
  }

  /// Begins anew if what deals with a failure fails itself, a logger or a [#reset], and if somebody
  /// else than `stop` interrupts.
  private void run() {
    while (running) {
      try {
        steps();
      } catch (RuntimeException | Error e) {
        var _ = pause();
      }
    }
  }

  private void steps() {
    var failing = false;
    while (running) {
      try {
        step();
        if (failing) {
          log.atInfo().addKeyValue("loop", name).log("Works again");
          failing = false;
        }
      } catch (InterruptedException e) {
        break;
      } catch (Exception | Error e) {
        if (!running) {
          break;
        }
        if (!failing) {
          log.atWarn()
              .addKeyValue("loop", name)
              .setCause(e)
              .log("Failed, and tries again until it works");
          failing = true;
        }
        reset();
        if (!pause()) {
          break;
        }
      }
    }
    reset();
  }

  private static boolean pause() {
    try {
      Thread.sleep(PAUSE_AFTER_FAILURE);
      return true;
    } catch (InterruptedException e) {
      return false;
    }
  }

  @Override
  public final void stop() {
    running = false;
    thread.interrupt();
    try {
      thread.join(STOP_AT_MOST);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  public final String name() {
    return name;
  }

  /// Whether its thread lives, as long as it should.
  public final boolean isAlive() {
    return !running || thread.isAlive();
  }

  @Override
  public final boolean isRunning() {
    return running;
  }
}
