package dev.muster.tasks.schedule;

import dev.muster.events.id.TaskId;
import org.jspecify.annotations.Nullable;

/// What became of a run.
public sealed interface RunAnswer {
  /// Its task was made.
  record Made(TaskId task) implements RunAnswer {}

  /// It was not made.
  ///
  /// @param open the run that is in the way, if one is
  record Refused(NotRun reason, @Nullable TaskId open) implements RunAnswer {}
}
