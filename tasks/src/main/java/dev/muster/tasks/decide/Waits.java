package dev.muster.tasks.decide;

import dev.muster.events.task.TaskState;
import dev.muster.tasks.command.CreateAnswer.Waiting;
import dev.muster.tasks.command.WaitingReason;
import dev.muster.tasks.decide.Situation.AgentFacts;
import dev.muster.tasks.decide.Situation.Fit;
import org.jspecify.annotations.Nullable;

/// Why a queued task waits: the first reason that applies. The function `waiting_reason` says the
/// same of tasks that are only read.
final class Waits {
  private final Board board;

  Waits(Board board) {
    this.board = board;
  }

  /// Null if the task does not wait.
  @Nullable Waiting reason(Task task, AgentFacts agent) {
    if (task.state() != TaskState.QUEUED) {
      return null;
    }
    var now = board.situation.now;
    if (!task.place().ready()) {
      var reason =
          task.attempt() > 1 || task.end().reason() != null
              ? WaitingReason.BACKOFF
              : WaitingReason.SCHEDULED;
      return new Waiting(reason, task.place().runAfter());
    }
    if (agent.intake() == Intake.PAUSED) {
      return new Waiting(WaitingReason.AGENT_PAUSED, null);
    }
    if (agent.stoppedUntil() != null && agent.stoppedUntil().isAfter(now)) {
      return new Waiting(WaitingReason.BUDGET_REACHED, agent.stoppedUntil());
    }
    return new Waiting(ofWork(task, agent), null);
  }

  private WaitingReason ofWork(Task task, AgentFacts agent) {
    if (board.hasActive(Situation.Pair.of(task))) {
      return WaitingReason.ISSUE_BUSY;
    }
    if (board.isKeyBusy(task)) {
      return WaitingReason.KEY_BUSY;
    }
    if (board.activeOf(agent.id()) >= agent.maxConcurrentTasks()) {
      return WaitingReason.AGENT_FULL;
    }
    if (!Claims.isDue(agent, board.paced(agent.id()), board.situation.now)) {
      return WaitingReason.RATE_LIMITED;
    }
    return switch (agent.fit() == null ? Fit.FREE : agent.fit()) {
      case NONE -> WaitingReason.NO_RUNTIME_FITS;
      case OFFLINE -> WaitingReason.ALL_OFFLINE;
      case PAUSED -> WaitingReason.RUNTIME_PAUSED;
      case DEAF -> WaitingReason.RUNTIME_DEAF;
      case FULL -> WaitingReason.RUNTIME_FULL;
      case FREE ->
          task.place().runtime() == null ? WaitingReason.UNASSIGNED : WaitingReason.UNCLAIMED;
    };
  }
}
