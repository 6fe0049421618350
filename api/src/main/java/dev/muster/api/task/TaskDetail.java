package dev.muster.api.task;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.muster.api.task.TaskStore.Attempt;
import java.util.List;
import java.util.UUID;

/// A task with what a person wants to know around it.
///
/// @param attempts in order, the current or last one included
record TaskDetail(
    @JsonUnwrapped TaskView task, IssueOf issue, String agentName, List<Attempt> attempts) {
  TaskDetail {
    attempts = List.copyOf(attempts);
  }

  /// The issue a task is for.
  record IssueOf(UUID id, String identifier, String title) {}
}
