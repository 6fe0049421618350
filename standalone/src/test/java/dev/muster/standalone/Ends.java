package dev.muster.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.events.task.FailureReason;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/// How the tasks of a workspace ended, held against their plans.
record Ends(List<End> ends) {
  /// How one ended.
  ///
  /// @param output what its agent said at last; null if it failed
  /// @param results how often the agent has said so in the task's issue, each of which has one task
  record End(
      UUID task,
      UUID runtime,
      Plan plan,
      String status,
      Attempt last,
      @Nullable String output,
      @Nullable String error,
      long results) {
    /// Whether all its attempts were lost on the way, so that nobody could do as planned.
    boolean isLost() {
      return status.equals("failed") && last.isOneOfAll() && last.isOfNobodysFault();
    }

    boolean isAsPlanned() {
      return switch (plan) {
        case COMPLETES, FAILS_ONCE -> status.equals("completed") && output != null;
        case FAILS -> status.equals("failed") && String.valueOf(error).contains(Plan.ERROR);
      };
    }
  }

  /// The attempt under which a task ended.
  record Attempt(int number, int max, long generation, @Nullable String reason) {
    private boolean isOneOfAll() {
      return number == max;
    }

    private boolean isOfNobodysFault() {
      return Optional.ofNullable(reason)
          .flatMap(FailureReason::of)
          .filter(FailureReason::isRetried)
          .isPresent();
    }
  }

  static Ends of(JdbcClient db, UUID workspace) {
    return new Ends(
        db.sql(
                """
                SELECT t.id, t.runtime_id, i.title, t.status, t.attempt, t.max_attempts, t.claim_generation,
                       t.failure_reason, t.result->>'output', t.error,
                       (SELECT count(*) FROM comment c
                         WHERE c.issue_id = t.issue_id AND c.author_type = 'agent' AND c.type = 'comment')
                  FROM task t JOIN issue i ON i.id = t.issue_id
                 WHERE t.workspace_id = :workspace
                """)
            .param("workspace", workspace)
            .query((row, _) ->
                new End(
                    row.getObject(1, UUID.class),
                    row.getObject(2, UUID.class),
                    Plan.of(row.getString(3)),
                    row.getString(4),
                    new Attempt(row.getInt(5), row.getInt(6), row.getLong(7), row.getString(8)),
                    row.getString(9),
                    row.getString(10),
                    row.getLong(11)))
            .list());
  }

  /// Every task ended as planned, or had none of its attempts left; what was done was said once,
  /// and by the claim that had the task last.
  ///
  /// @param nameless the runtimes whose reports name no claim
  void check(Set<UUID> nameless) {
    assertThat(ends).allMatch(end -> end.isAsPlanned() || end.isLost(), "is as planned, or lost");
    assertThat(ends)
        .filteredOn(end -> end.status().equals("completed"))
        .allMatch(end -> end.results() == 1, "has one result")
        .filteredOn(end -> !nameless.contains(end.runtime()))
        .allMatch(
            end -> ("done " + end.last().generation()).equals(String.valueOf(end.output()).strip()),
            "has the result of its last claim");
    assertThat(ends)
        .filteredOn(end -> end.status().equals("failed"))
        .allMatch(end -> end.results() == 0, "has no result");
  }

  /// The ends for people.
  @Override
  public String toString() {
    return ends.stream()
        .collect(
            Collectors.groupingBy(
                end -> end.isLost() ? "lost on the way" : end.status(), Collectors.counting()))
        .toString();
  }
}
