package dev.muster.events.task;

import static dev.muster.events.task.TaskState.CANCELLED;
import static dev.muster.events.task.TaskState.COMPLETED;
import static dev.muster.events.task.TaskState.DISPATCHED;
import static dev.muster.events.task.TaskState.FAILED;
import static dev.muster.events.task.TaskState.QUEUED;
import static dev.muster.events.task.TaskState.RUNNING;

import dev.muster.events.task.Outcome.Fenced;
import dev.muster.events.task.Outcome.Late;
import dev.muster.events.task.Outcome.Moves;
import dev.muster.events.task.Outcome.Refused;
import dev.muster.events.task.Outcome.Repeated;
import dev.muster.events.task.Outcome.Taken;

/// What is asked of a task, and the one table of what that does in each state. The guards in SQL
/// say the same; a test holds every state, command and generation of both against each other.
public enum Command {
  /// The dispatcher gives it a runtime.
  ASSIGN,
  /// The dispatcher takes an unclaimed task from its runtime.
  TAKE_BACK,
  /// A runtime takes it.
  CLAIM,
  /// The runtime that has it asks again and is given it once more, as a new claim.
  DELIVER_AGAIN,
  /// The runtime needs more time before it starts.
  PREPARE,
  /// The runtime begins.
  START,
  /// The runtime says something of the run: messages, session, usage.
  WRITE,
  COMPLETE,
  /// The runtime reports a failure that is not tried again.
  FAIL,
  /// The runtime reports a failure that may be tried again.
  FAIL_RETRIED,
  /// The runtime gives it back unharmed.
  RELEASE,
  /// The runtime has ended it as asked.
  ACKNOWLEDGE_CANCEL,
  /// Somebody wants it ended.
  CANCEL,
  /// The grace after a cancel is over.
  FINISH_CANCEL,
  /// The runtime is gone, or has forgotten it.
  LOSE,
  /// It ran for too long.
  OVERRUN,
  /// Its agent gave no sign for too long.
  IDLE,
  /// It waited for too long.
  EXPIRE;

  /// Whether it is a runtime's write about its claim, and so is fenced by the generation.
  public boolean isFenced() {
    return switch (this) {
      case PREPARE, START, WRITE, COMPLETE, FAIL, FAIL_RETRIED, RELEASE, ACKNOWLEDGE_CANCEL -> true;
      case ASSIGN,
          TAKE_BACK,
          CLAIM,
          DELIVER_AGAIN,
          CANCEL,
          FINISH_CANCEL,
          LOSE,
          OVERRUN,
          IDLE,
          EXPIRE ->
          false;
    };
  }

  /// What this command does. A task in the queue has no claim, so every generation is an ended one;
  /// only the repetition of what has sent the task there means no harm, and the end of work that
  /// was taken back and not claimed since. Nor has one that is over: who would begin it is too
  /// late.
  public Outcome on(Standing task, Generation generation) {
    if (isFenced() && generation == Generation.OLD) {
      return new Fenced();
    }
    if (isFenced() && generation == Generation.CURRENT && task.state() == QUEUED && !givesBack()) {
      return onLastClaim(task);
    }
    if (generation == Generation.CURRENT
        && task.state().isFinal()
        && (this == START || this == PREPARE)) {
      return new Fenced();
    }
    return switch (task.state()) {
      case QUEUED -> onQueued();
      case DISPATCHED -> onDispatched(task);
      case RUNNING -> task.cancelRequested() ? onCancelling() : onRunning(task);
      case COMPLETED, FAILED, CANCELLED -> onFinal(task.state());
    };
  }

  /// Of the last claim of a task that waits again: work that was done after all counts.
  private Outcome onLastClaim(Standing task) {
    return switch (this) {
      case COMPLETE -> task.takenBack() ? new Moves(COMPLETED) : new Fenced();
      case FAIL -> task.takenBack() ? new Moves(FAILED) : new Fenced();
      case PREPARE, START, WRITE, FAIL_RETRIED, RELEASE, ACKNOWLEDGE_CANCEL -> new Fenced();
      case ASSIGN,
          TAKE_BACK,
          CLAIM,
          DELIVER_AGAIN,
          CANCEL,
          FINISH_CANCEL,
          LOSE,
          OVERRUN,
          IDLE,
          EXPIRE ->
          throw new IllegalStateException("no report: " + this);
    };
  }

  private boolean givesBack() {
    return this == RELEASE || this == FAIL_RETRIED;
  }

  private Outcome onQueued() {
    return switch (this) {
      case ASSIGN, TAKE_BACK -> new Moves(QUEUED);
      case CLAIM -> new Moves(DISPATCHED);
      case CANCEL -> new Moves(CANCELLED);
      case EXPIRE -> new Moves(FAILED);
      case RELEASE, FAIL_RETRIED -> new Repeated();
      case PREPARE, START, WRITE, COMPLETE, FAIL, ACKNOWLEDGE_CANCEL -> new Refused();
      case DELIVER_AGAIN, FINISH_CANCEL, LOSE, OVERRUN, IDLE -> new Refused();
    };
  }

  private Outcome onDispatched(Standing task) {
    return switch (this) {
      case START -> new Moves(RUNNING);
      case DELIVER_AGAIN -> new Moves(DISPATCHED);
      case FAIL -> new Moves(FAILED);
      case FAIL_RETRIED, LOSE -> new Moves(task.attemptsLeft() ? QUEUED : FAILED);
      case RELEASE -> new Moves(QUEUED);
      case CANCEL -> new Moves(CANCELLED);
      case PREPARE, WRITE -> new Taken();
      case ASSIGN, TAKE_BACK, CLAIM, COMPLETE, ACKNOWLEDGE_CANCEL -> new Refused();
      case FINISH_CANCEL, OVERRUN, IDLE, EXPIRE -> new Refused();
    };
  }

  private Outcome onRunning(Standing task) {
    return switch (this) {
      case COMPLETE -> new Moves(COMPLETED);
      case FAIL, OVERRUN -> new Moves(FAILED);
      case FAIL_RETRIED, LOSE, IDLE -> new Moves(task.attemptsLeft() ? QUEUED : FAILED);
      case RELEASE -> new Moves(QUEUED);
      case CANCEL -> new Moves(RUNNING);
      case WRITE -> new Taken();
      case START, PREPARE -> new Repeated();
      case ASSIGN, TAKE_BACK, CLAIM, DELIVER_AGAIN, ACKNOWLEDGE_CANCEL, FINISH_CANCEL, EXPIRE ->
          new Refused();
    };
  }

  /// Whatever ends a run whose end was asked for is that end: the wish came first, and whoever
  /// asked meanwhile was told that the task is cancelled.
  private Outcome onCancelling() {
    return switch (this) {
      case COMPLETE, FAIL, FAIL_RETRIED, RELEASE, ACKNOWLEDGE_CANCEL -> new Moves(CANCELLED);
      case FINISH_CANCEL, LOSE, OVERRUN, IDLE -> new Moves(CANCELLED);
      case WRITE -> new Taken();
      case START, PREPARE, CANCEL -> new Repeated();
      case ASSIGN, TAKE_BACK, CLAIM, DELIVER_AGAIN, EXPIRE -> new Refused();
    };
  }

  private Outcome onFinal(TaskState state) {
    return switch (this) {
      case COMPLETE, FAIL, FAIL_RETRIED, RELEASE, WRITE -> new Late();
      case ACKNOWLEDGE_CANCEL -> new Late();
      case CANCEL -> state == CANCELLED ? new Repeated() : new Refused();
      case ASSIGN, TAKE_BACK, CLAIM, DELIVER_AGAIN, PREPARE, START -> new Refused();
      case FINISH_CANCEL, LOSE, OVERRUN, IDLE, EXPIRE -> new Refused();
    };
  }
}
