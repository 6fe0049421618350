package dev.muster.api.task;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.muster.api.access.Caller;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/// What a daemon asks before it deletes the directory of a task.
@RestController("taskCleanupController")
class CleanupController {
  private final TaskRequests requests;

  CleanupController(TaskRequests requests) {
    this.requests = requests;
  }

  record State(
      String status, @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Instant completedAt) {}

  @GetMapping("/api/daemon/tasks/{id}/gc-check")
  State check(Caller caller, @PathVariable String id) {
    var task = requests.require(caller, id);
    return new State(task.status(), task.completedAt());
  }
}
