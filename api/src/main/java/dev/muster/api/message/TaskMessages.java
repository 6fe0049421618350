package dev.muster.api.message;

import dev.muster.api.task.TaskRequests;
import dev.muster.events.id.TaskId;
import dev.muster.events.id.WorkspaceId;
import java.util.List;
import java.util.Optional;
import org.springframework.stereotype.Component;

/// What tasks have said, to read from a place on.
@Component
public class TaskMessages {
  private final TaskRequests tasks;
  private final MessageStore messages;

  TaskMessages(TaskRequests tasks, MessageStore messages) {
    this.tasks = tasks;
    this.messages = messages;
  }

  /// Whose a task is, and which claim of it was the last; 0 if there was none.
  public record Owner(WorkspaceId workspace, long claimGeneration) {}

  /// A place in what a task says: the claims follow each other, each counts its messages from 1.
  public record Place(long claimGeneration, int seq) {}

  public Optional<Owner> owner(TaskId task) {
    return tasks
        .find(task)
        .map(view -> new Owner(new WorkspaceId(view.workspaceId()), view.claimGeneration()));
  }

  /// What was said after a place, in order: at least one message if there are any, and others while
  /// what comes before them is not larger than that.
  public List<TaskMessage> after(TaskId task, Place place, int limit, int bytes) {
    return messages.after(task, place, limit, bytes);
  }
}
