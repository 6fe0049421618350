package dev.muster.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import tools.jackson.databind.JsonNode;

/// The same for several tasks, one after the other.
record ManyTasks(Context context) {
  /// Goes through all, also after one was refused; the first refusal decides the exit code.
  ///
  /// @param verb what is asked of a task, by its path
  int each(At at, List<String> tasks, String done, BiFunction<Session, String, String> verb) {
    var code = 0;
    try (var session = at.open(context)) {
      var answers = new ArrayList<JsonNode>();
      for (var task : tasks) {
        try {
          var path = TaskCommands.path(session.task(task));
          answers.add(session.rest().post(path + "/" + verb.apply(session, path), Map.of()));
          context.note(task + " " + done + ".");
        } catch (Failure failure) {
          context.note(task + ": " + failure.sentence());
          code = code == 0 ? failure.code() : code;
        }
      }
      if (!answers.isEmpty() || session.format() == At.Format.json) {
        session.show(new Table().column("ID", "id").column("STATUS", "status"), answers);
      }
    }
    return code;
  }

  /// A failed task is no longer one when it is redriven; any other has another run.
  static String retryOf(Session session, String path) {
    var task = session.rest().get(path);
    var isFailed = Table.member(task, "status").equals("failed");
    return isFailed && task.path("redriven_by").isNull() ? "redrive" : "rerun";
  }
}
