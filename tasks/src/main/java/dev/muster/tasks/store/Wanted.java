package dev.muster.tasks.store;

import dev.muster.events.id.AgentId;
import dev.muster.events.id.IssueId;
import dev.muster.events.id.RuntimeId;
import dev.muster.events.id.TaskId;
import dev.muster.events.id.WorkspaceId;
import dev.muster.tasks.command.RequestKey;
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
import dev.muster.tasks.decide.Situation.ConcurrencyKey;
import dev.muster.tasks.decide.Situation.ScopedKey;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// What a batch of commands needs to know.
final class Wanted {
  final Set<TaskId> tasks = new LinkedHashSet<>();

  /// Failed tasks to be redriven, unless another one is queued beside them.
  final Set<TaskId> redriven = new LinkedHashSet<>();

  /// How many claims there are for each runtime.
  final Map<RuntimeId, Integer> claims = new HashMap<>();

  /// Claimed tasks that are answered once more.
  final Set<TaskId> repeated = new LinkedHashSet<>();

  boolean isSerial;
  final Set<AgentId> createdFor = new LinkedHashSet<>();
  final Set<AgentId> agents = new LinkedHashSet<>();

  /// Tasks whose agents are needed.
  final Set<TaskId> agentsOf = new LinkedHashSet<>();

  final Set<IssueId> issues = new LinkedHashSet<>();

  /// How many new issues there are in each workspace.
  final Map<WorkspaceId, Integer> numbers = new TreeMap<>((a, b) -> a.value().compareTo(b.value()));

  final Set<ScopedKey> keys = new LinkedHashSet<>();
  final Set<ConcurrencyKey> concurrencyKeys = new LinkedHashSet<>();

  /// By their place in the batch: those that find their tasks by what these belong to.
  final Map<Integer, TaskCommand<?>> finding = new TreeMap<>();

  static Wanted by(List<? extends TaskCommand<?>> commands) {
    var wanted = new Wanted();
    for (var i = 0; i < commands.size(); i++) {
      wanted.add(commands.get(i), i);
    }
    return wanted;
  }

  private void add(TaskCommand<?> command, int index) {
    switch (command) {
      case Report report -> tasks.add(report.task());
      case Claim claim -> {
        claims.merge(claim.runtime(), 1, Integer::sum);
        isSerial |= claim.isSerial();
        add(claim.runtime().value(), claim.key());
      }
      case Repeat repeat -> {
        repeated.add(repeat.task());
        agentsOf.add(repeat.task());
      }
      case Create create -> add(create);
      case Enqueue enqueue -> {
        agents.add(enqueue.agent());
        issues.add(enqueue.issue());
        finding.put(index, enqueue);
      }
      case Rerun rerun -> {
        tasks.add(rerun.ended());
        agentsOf.add(rerun.ended());
        finding.put(index, rerun);
      }
      case Redrive redrive -> {
        tasks.addAll(redrive.failed());
        redriven.addAll(redrive.failed());
        agentsOf.addAll(redrive.failed());
      }
      case Cancel cancel -> tasks.add(cancel.task());
      case CancelOpen open -> finding.put(index, open);
      case EndActive end -> finding.put(index, end);
      case PassDeadlines pass -> tasks.addAll(pass.tasks());
      case Assign assign -> tasks.addAll(assign.runtimes().keySet());
    }
  }

  private void add(Create create) {
    numbers.merge(create.workspace(), 1, Integer::sum);
    add(create.workspace().value(), create.key());
    var agent = create.agent();
    var task = create.task();
    if (agent == null || task == null) {
      return;
    }
    createdFor.add(agent);
    agents.add(agent);
    var key = task.terms().concurrencyKey();
    if (key != null) {
      concurrencyKeys.add(new ConcurrencyKey(create.workspace(), key));
    }
  }

  private void add(UUID scope, @Nullable RequestKey key) {
    if (key != null) {
      keys.add(new ScopedKey(scope, key.key()));
    }
  }
}
