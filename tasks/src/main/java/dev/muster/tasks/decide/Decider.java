package dev.muster.tasks.decide;

import dev.muster.events.EventType;
import dev.muster.events.id.RuntimeId;
import dev.muster.events.id.TaskId;
import dev.muster.events.task.TaskState;
import dev.muster.tasks.command.CancelAnswer;
import dev.muster.tasks.command.ClaimedTask;
import dev.muster.tasks.command.CreateAnswer;
import dev.muster.tasks.command.Deadlines;
import dev.muster.tasks.command.EndedAttempts;
import dev.muster.tasks.command.ReportAnswer;
import dev.muster.tasks.command.TaskCommand;
import dev.muster.tasks.command.TaskCommand.Assign;
import dev.muster.tasks.command.TaskCommand.Cancel;
import dev.muster.tasks.command.TaskCommand.CancelOpen;
import dev.muster.tasks.command.TaskCommand.Claim;
import dev.muster.tasks.command.TaskCommand.Create;
import dev.muster.tasks.command.TaskCommand.EndActive;
import dev.muster.tasks.command.TaskCommand.Enqueue;
import dev.muster.tasks.command.TaskCommand.PassDeadlines;
import dev.muster.tasks.command.TaskCommand.Redrive;
import dev.muster.tasks.command.TaskCommand.Repeat;
import dev.muster.tasks.command.TaskCommand.Report;
import dev.muster.tasks.command.TaskCommand.Rerun;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// Decides what a batch of commands does, one after the other, in the situation that was loaded for
/// them. It does no input or output, and has no clock: the same commands in the same situation with
/// the same random numbers are decided the same.
///
/// What frees a slot is decided before what takes one: claims come last.
public final class Decider {
  private final Deadlines deadlines;

  public Decider(Deadlines deadlines) {
    this.deadlines = deadlines;
  }

  /// Decides a batch.
  ///
  /// @param skipsLocked whether the situation leaves out what somebody else has locked; if not,
  ///   what is not there does not exist
  public Decision decide(
      List<? extends TaskCommand<?>> commands,
      Situation situation,
      RandomGenerator random,
      boolean skipsLocked) {
    var board = new Board(situation, deadlines, random);
    return new Batch(board, deadlines, skipsLocked).decide(commands);
  }

  private static final class Batch {
    private final Board board;
    private final boolean skipsLocked;
    private final Attempts attempts;
    private final Reports reports;
    private final Cancels cancels;
    private final PassedDeadlines deadlines;
    private final NewTasks newTasks;
    private final Creates creates;
    private final Claims claims;

    Batch(Board board, Deadlines settings, boolean skipsLocked) {
      this.board = board;
      this.skipsLocked = skipsLocked;
      attempts = new Attempts(board);
      reports = new Reports(board, attempts);
      cancels = new Cancels(board);
      deadlines = new PassedDeadlines(board, attempts);
      newTasks = new NewTasks(board, settings.queuedTtl());
      creates = new Creates(board, newTasks);
      claims = new Claims(board, skipsLocked);
    }

    Decision decide(List<? extends TaskCommand<?>> commands) {
      var answers = new ArrayList<@Nullable Object>(commands.size());
      for (var i = 0; i < commands.size(); i++) {
        answers.add(commands.get(i) instanceof Claim ? null : decide(commands.get(i), i));
      }
      for (var i = 0; i < commands.size(); i++) {
        if (commands.get(i) instanceof Claim claim) {
          answers.set(i, claims.claim(claim));
        }
      }
      answers.replaceAll(
          answer -> answer instanceof CreateAnswer created ? creates.finished(created) : answer);
      return new Decision(board.changes(), answers);
    }

    private @Nullable Object decide(TaskCommand<?> command, int index) {
      return switch (command) {
        case Report report -> report(report);
        case Claim claim -> claims.claim(claim);
        case Repeat repeat -> repeat(repeat);
        case Create create -> create(create);
        case Enqueue enqueue -> newTasks.enqueue(enqueue, found(index));
        case Rerun rerun -> rerun(rerun, index);
        case Redrive redrive -> newTasks.redrive(redrive.failed());
        case Cancel cancel -> cancel(cancel);
        case CancelOpen open -> cancelOpen(open, index);
        case EndActive end -> endActive(end, index);
        case PassDeadlines pass -> passDeadlines(pass);
        case Assign assign -> assign(assign);
      };
    }

    private List<TaskId> found(int command) {
      return board.situation.found.getOrDefault(command, List.of());
    }

    private @Nullable ReportAnswer report(Report report) {
      var loaded = board.find(report.task());
      if (loaded == null) {
        return skipsLocked ? null : new ReportAnswer.Unknown();
      }
      return reports.take(report, loaded.task());
    }

    private @Nullable CreateAnswer create(Create create) {
      var answer = creates.create(create);
      if (answer instanceof CreateAnswer.Created created && created.task() != null) {
        claims.add(new TaskId(created.task().view().id()));
      }
      return answer;
    }

    private Optional<ClaimedTask> repeat(Repeat repeat) {
      return Optional.ofNullable(board.find(repeat.task()))
          .filter(loaded -> loaded.task().isActive())
          .filter(loaded -> loaded.task().generation() == repeat.generation())
          .map(loaded -> claims.repeat(loaded));
    }

    private Optional<TaskId> rerun(Rerun rerun, int index) {
      var ended = board.find(rerun.ended());
      return ended == null ? Optional.empty() : newTasks.rerun(rerun.task(), ended, found(index));
    }

    private @Nullable CancelAnswer cancel(Cancel cancel) {
      var loaded = board.find(cancel.task());
      if (loaded == null) {
        return skipsLocked ? null : new CancelAnswer.Unknown();
      }
      return cancels.cancel(loaded.task(), cancel.by());
    }

    private int cancelOpen(CancelOpen open, int index) {
      return (int)
          found(index).stream()
              .filter(task -> cancels.cancelOpen(board.task(task), open.isForGood(), open.by()))
              .count();
    }

    private EndedAttempts endActive(EndActive end, int index) {
      return found(index).stream()
          .map(board::task)
          .filter(task -> end.isMeant(task.lease().dispatchedAt()))
          .map(task -> attempts.end(task, end.reason(), end.reason().sentence()))
          .reduce(EndedAttempts.NONE, EndedAttempts::plus);
    }

    private List<TaskId> passDeadlines(PassDeadlines pass) {
      return pass.tasks().stream()
          .map(board::find)
          .filter(Objects::nonNull)
          .map(Situation.Loaded::task)
          .filter(task -> !deadlines.pass(task))
          .map(Task::id)
          .toList();
    }

    private int assign(Assign assign) {
      return (int)
          assign.runtimes().entrySet().stream()
              .sorted((a, b) ->
                  UuidOrder.AS_IN_POSTGRES.compare(a.getKey().value(), b.getKey().value()))
              .filter(e -> assign(board.find(e.getKey()), e.getValue()))
              .count();
    }

    private boolean assign(Situation.@Nullable Loaded loaded, RuntimeId runtime) {
      if (loaded == null || loaded.task().state() != TaskState.QUEUED) {
        return false;
      }
      var task = loaded.task();
      if (task.needs().pinned()) {
        // Another runtime than it had: the one that the agent named was removed.
        var isMoved = !runtime.equals(task.place().runtime());
        if (!isMoved && (task.place().assignedAt() != null || !task.place().ready())) {
          return false;
        }
        board.tell(EventType.TASK_ASSIGNED, board.transitions.assignPinned(task, runtime));
        return true;
      }
      if (task.place().runtime() != null) {
        return false;
      }
      board.tell(EventType.TASK_ASSIGNED, board.transitions.assign(task, runtime));
      return true;
    }
  }
}
