package dev.muster.api.issue;

import dev.muster.api.access.Caller;
import dev.muster.api.edge.JsonBody;
import java.util.List;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/// The routes of comments.
@RestController
class CommentController {
  private final Comments comments;

  CommentController(Comments comments) {
    this.comments = comments;
  }

  @GetMapping("/api/issues/{id}/comments")
  List<CommentView> list(IssueRef issue) {
    return comments.list(issue);
  }

  @PostMapping("/api/issues/{id}/comments")
  @ResponseStatus(HttpStatus.CREATED)
  CommentView create(IssueRef issue, @JsonBody Comments.CommentFields fields) {
    return comments.create(issue, fields);
  }

  @PutMapping("/api/comments/{id}")
  CommentView update(
      Caller caller, @PathVariable String id, @JsonBody Comments.CommentFields fields) {
    return comments.update(caller, id, fields);
  }

  @DeleteMapping("/api/comments/{id}")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  void delete(Caller caller, @PathVariable String id) {
    comments.delete(caller, id);
  }
}
