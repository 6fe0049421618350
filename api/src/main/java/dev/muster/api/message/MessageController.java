package dev.muster.api.message;

import dev.muster.api.access.Caller;
import dev.muster.api.edge.Input;
import dev.muster.api.edge.LargeAnswer;
import dev.muster.api.edge.Limits;
import dev.muster.api.edge.NextLink;
import dev.muster.api.task.TaskRequests;
import dev.muster.api.task.TaskWrites;
import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/// The messages of a task, page by page.
@RestController
class MessageController {
  private final TaskRequests requests;
  private final MessageStore messages;

  MessageController(TaskRequests requests, MessageStore messages) {
    this.requests = requests;
    this.messages = messages;
  }

  /// What the task has said after `since`: by its last claim, or by the one named.
  @LargeAnswer
  @GetMapping({"/api/daemon/tasks/{id}/messages", "/api/tasks/{id}/messages"})
  ResponseEntity<List<TaskMessage>> list(
      Caller caller,
      @PathVariable String id,
      @RequestParam(required = false) @Nullable String since,
      @RequestParam(name = "claim_generation", required = false) @Nullable String generation,
      @RequestParam(required = false) @Nullable String limit,
      HttpServletRequest request) {
    var task = requests.require(caller, id);
    var page =
        messages.said(
            task.id(),
            TaskWrites.generation("claim_generation", generation),
            Input.number("since", since, 0, Integer.MAX_VALUE),
            Input.limit(limit, Limits.PAGE, Limits.PAGE));
    return NextLink.answer(
        request, page.rows(), "since", page.next(last -> Integer.toString(last.seq())));
  }
}
