package dev.muster.tasks.store;

import dev.muster.tasks.command.Deadlines;
import org.springframework.jdbc.core.simple.JdbcClient.StatementSpec;

/// The deadline that a run has by itself, as `Transitions` has it, in SQL.
final class RunDeadline {
  private RunDeadline() {}

  /// How long the run of `task t` may be all in all. Parameter: run.
  static final String RUN =
      "make_interval(secs => coalesce(t.timeout_seconds, t.agent_timeout_seconds, :run))";

  /// How long of that without a sign of its agent; null for as long as it lasts. Parameter: idle.
  static final String IDLE =
      "make_interval(secs => coalesce(t.idle_timeout_seconds, t.agent_idle_timeout_seconds, :idle::float8))";

  /// Sets the deadline of `task t`, whose agent is taken to give a sign just now. Parameters: run,
  /// idle.
  static final String SET =
      """
      (deadline_at, deadline_reason) = (
        SELECT least(d.run, d.idle), CASE WHEN d.idle < d.run THEN 'deadline_idle' ELSE 'deadline_run' END
          FROM (SELECT t.started_at + %s AS run, now() + %s AS idle) AS d)\
      """
          .formatted(RUN, IDLE);

  /// Gives `task t`, whose report is missing, a while left to be reported. Parameter: report_lost.
  static final String REPORT_LOST =
      """
      deadline_at = least(t.deadline_at, now() + make_interval(secs => :report_lost)), deadline_reason = 'report_lost'\
      """;

  static StatementSpec bind(StatementSpec statement, Deadlines settings) {
    return statement
        .param("run", Deadlines.seconds(settings.run()))
        .param("idle", Deadlines.secondsOrNull(settings.idle()));
  }
}
