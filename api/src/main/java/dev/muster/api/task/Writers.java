package dev.muster.api.task;

import dev.muster.api.task.ReportStore.Writer;
import dev.muster.events.sql.Rows;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient.StatementSpec;

/// Those who write in one statement, each of a task of its own.
record Writers(List<Writer> all) {
  /// Begins a statement on the tasks that the writers hold in the status, locked in id order;
  /// `held` has the id of each and what was `asked` for it. To be formatted with the columns and
  /// arrays that come with each writer, the columns once more, the status, and [#ALONE] or
  /// [#TOGETHER].
  static final String HELD =
      """
      WITH asked AS (
        SELECT * FROM unnest(:tasks::uuid[], :generations::bigint[], :callers::int[]%s) AS a (id, generation, caller%s)
      ), held AS MATERIALIZED (
        SELECT a.* FROM asked a JOIN task t ON t.id = a.id
         WHERE (a.generation IS NULL OR t.claim_generation = a.generation) AND t.status = '%s'
           AND EXISTS (SELECT FROM unnest(:members::int[], :workspaces::uuid[]) AS m (caller, workspace)
                        WHERE m.caller = a.caller AND m.workspace = t.workspace_id)
         ORDER BY t.id FOR NO KEY UPDATE OF t %s
      )\
      """;

  /// How one waits for its task's row, if somebody has locked it.
  static final String ALONE = "";

  /// How many do: not at all, so that none holds up the others.
  static final String TOGETHER = "SKIP LOCKED";

  /// Those of the writers that can write together: of several for one task, the first.
  static <T> List<T> distinct(List<T> writes, Function<T, Writer> writer) {
    return List.copyOf(
        writes.stream()
            .collect(
                Collectors.toMap(
                    write -> writer.apply(write).task(),
                    write -> write,
                    (first, _) -> first,
                    LinkedHashMap::new))
            .values());
  }

  /// Runs the statement, which selects the tasks that were changed, and finds for each of all that
  /// asked what became of its task.
  static <T> List<Optional<TaskView>> answers(
      List<T> all, List<T> written, Function<T, Writer> writer, StatementSpec statement) {
    var changed =
        new Writers(written.stream().map(writer).toList())
            .bind(statement).query(Rows.of(TaskView.class)).list().stream()
                .collect(Collectors.toMap(TaskView::id, task -> task));
    var answers = new ArrayList<Optional<TaskView>>(all.size());
    for (var write : all) {
      // Who came second for a task is told nothing here, and asks again by itself.
      answers.add(Optional.ofNullable(changed.remove(writer.apply(write).task().value())));
    }
    return answers;
  }

  private StatementSpec bind(StatementSpec statement) {
    var numbers = new LinkedHashMap<List<UUID>, Integer>();
    var callers = new ArrayList<Integer>(all.size());
    for (var writer : all) {
      callers.add(numbers.computeIfAbsent(writer.workspaces(), _ -> numbers.size()));
    }
    var members = new ArrayList<Integer>();
    var workspaces = new ArrayList<UUID>();
    numbers.forEach((list, number) ->
        list.forEach(workspace -> {
          members.add(number);
          workspaces.add(workspace);
        }));
    return statement
        .param("tasks", all.stream().map(writer -> writer.task().value()).toArray(UUID[]::new))
        .param("generations", generations())
        .param("callers", callers.toArray(Integer[]::new))
        .param("members", members.toArray(Integer[]::new))
        .param("workspaces", workspaces.toArray(UUID[]::new));
  }

  private Object generations() {
    var generations = new @Nullable Long[all.size()];
    for (var i = 0; i < generations.length; i++) {
      generations[i] = all.get(i).generation();
    }
    return generations;
  }
}
