package dev.muster.api.runtime;

import dev.muster.api.agent.AgentMoves;
import dev.muster.api.edge.Limits;
import dev.muster.events.id.RuntimeId;
import dev.muster.events.id.TaskId;
import dev.muster.events.sql.Rows;
import dev.muster.tasks.command.TaskCommand;
import dev.muster.tasks.lane.Tasks;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/// Gives one runtime the agents of others, and the queued tasks that those agents named them for.
@Component
class Heirs {
  private final JdbcClient db;
  private final AgentMoves agents;
  private final Tasks tasks;

  Heirs(JdbcClient db, AgentMoves agents, Tasks tasks) {
    this.db = db;
    this.agents = agents;
    this.tasks = tasks;
  }

  /// Moves both, and tells so, in the caller's transaction.
  void inherit(Collection<RuntimeId> from, RuntimeId to) {
    agents.move(from, to);
    for (var some = queued(from); !some.isEmpty(); some = queued(from)) {
      var assigned = some.stream().collect(Collectors.toMap(Function.identity(), _ -> to));
      if (tasks.within(new TaskCommand.Assign(assigned)) == 0) {
        throw new IllegalStateException("tasks of runtimes " + from + " cannot be moved");
      }
    }
  }

  private List<TaskId> queued(Collection<RuntimeId> runtimes) {
    return db
        .sql(
            """
            SELECT id FROM task WHERE runtime_id = ANY (:runtimes) AND status = 'queued' AND pinned ORDER BY id LIMIT :max
            """)
        .param("runtimes", runtimes.stream().map(RuntimeId::value).toArray(UUID[]::new))
        .param("max", Limits.ELEMENTS)
        .query(Rows.id())
        .list()
        .stream()
        .map(TaskId::new)
        .toList();
  }
}
