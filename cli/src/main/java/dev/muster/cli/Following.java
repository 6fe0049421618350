package dev.muster.cli;

import tools.jackson.databind.JsonNode;

/// The output of a task as it comes: text and results on stdout, what else happens on stderr.
final class Following {
  private static final int PAGE = 200;

  private final Session session;
  private final String task;
  private int since;
  private String status = "";
  private long generation;

  /// The type of the line that goes on; empty if none does.
  private String unfinished = "";

  Following(Session session, String task) {
    this.session = session;
    this.task = task;
  }

  /// Prints what there is.
  int once() {
    var found = session.rest().get(TaskCommands.path(task));
    begin(found.path("claim_generation").asLong(0));
    print();
    return 0;
  }

  /// Prints until the task has ended. Returns 0 if it completed, 1 if it did not.
  int untilItsEnd() {
    while (true) {
      var found = session.again(TaskCommands.path(task));
      begin(found.path("claim_generation").asLong(0));
      print();
      note(found);
      switch (status) {
        case "completed" -> {
          return 0;
        }
        case "failed", "cancelled" -> {
          var error = Table.member(found, "error");
          session
              .context()
              .note(
                  "%s: %s"
                      .formatted(Table.member(found, "failure_reason"), error)
                      .replaceFirst(": -$", ""));
          return 1;
        }
        default -> session.context().pause();
      }
    }
  }

  /// Prints the task as it has ended, where the output is JSON: its last line.
  void tellEnd() {
    if (session.format() == At.Format.json) {
      var ended = session.again(TaskCommands.path(task));
      session.context().out().println(Rest.JSON.writeValueAsString(ended));
      session.context().out().deliver();
    }
  }

  /// Each claim counts its messages from one.
  private void begin(long claim) {
    if (claim != generation) {
      if (!unfinished.isEmpty()) {
        session.context().out().println();
        unfinished = "";
      }
      generation = claim;
      since = 0;
    }
  }

  private void note(JsonNode found) {
    var now = Table.member(found, "status");
    if (!now.equals(status)) {
      status = now;
      var why = Table.member(found, "waiting.detail");
      session.context().note(why.equals("-") ? status : status + ": " + why);
    }
  }

  private void print() {
    while (true) {
      var path = "%s/messages?since=%d&limit=%d".formatted(TaskCommands.path(task), since, PAGE);
      var page = Session.items(session.again(path));
      for (var message : page) {
        print(message);
        since = message.path("seq").asInt(since);
      }
      if (page.isEmpty()) {
        return;
      }
    }
  }

  /// As it was said, but for what would steer the terminal.
  private void printLines(String type, String text, boolean isUnfinished) {
    var out = session.context().out();
    if (!unfinished.isEmpty() && !unfinished.equals(type)) {
      out.println();
    }
    unfinished = isUnfinished ? type : "";
    var shown = TerminalText.lines(text);
    if (isUnfinished) {
      out.print(shown);
    } else {
      out.println(shown.replaceFirst("\\n$", ""));
    }
  }

  private void print(JsonNode message) {
    if (session.format() == At.Format.json) {
      session.context().out().println(Rest.JSON.writeValueAsString(message));
    } else {
      var tool = message.path("tool").asString("");
      var text = message.path("content").asString("");
      var output = message.path("output").asString("");
      if (!tool.isEmpty()) {
        session.context().note("[" + tool + "]");
      }
      // A line may be empty; a tool that was called has said nothing yet.
      var type = message.path("type").asString("");
      if (!text.isEmpty() || (tool.isEmpty() && output.isEmpty())) {
        var goesOn = tool.isEmpty() && message.path("input").path("unfinished").asBoolean(false);
        printLines(type, text, goesOn);
      }
      if (!output.isEmpty()) {
        printLines(type, output, false);
      }
    }
    session.context().out().deliver();
  }
}
