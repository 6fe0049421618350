package dev.muster.cli;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

@Command(
    name = "events",
    mixinStandardHelpOptions = true,
    description = "Prints the workspace's events, one on a line, in their order.")
final class EventsCommand implements Callable<Integer> {
  private static final int PAGE = 200;

  private final Context context;

  @Mixin private At at = new At();

  @Option(
      names = "--after",
      paramLabel = "POSITION",
      description = "those after this position (default: with -f the newest, else 0)")
  private @Nullable Long after;

  @Option(
      names = "--subject",
      paramLabel = "ID",
      description = "those of one task, issue, agent, …")
  private @Nullable String subject;

  @Option(
      names = {"-f", "--follow"},
      description = "goes on with what comes")
  private boolean follows;

  EventsCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    try (var session = at.open(context)) {
      var workspace = "/api/workspaces/" + session.workspace();
      var place = after != null ? after.toString() : follows ? now(session, workspace) : "0";
      while (true) {
        var query = new TreeMap<String, Object>(Map.of("after", place, "limit", PAGE));
        if (subject != null) {
          query.put("subject", subject);
        }
        var path = workspace + "/events" + Session.query(query);
        var page = follows ? session.again(path) : session.rest().get(path);
        var events = page.path("events").valueStream().toList();
        events.forEach(event -> print(session, event));
        context.out().deliver();
        // With the name of the history: in another one the same position is another event's.
        place = page.path("epoch").asString("") + ":" + page.path("next").asLong(0);
        if (events.isEmpty()) {
          if (!follows) {
            return 0;
          }
          context.pause();
        }
      }
    }
  }

  /// Where the workspace stands, which the history need not begin with: it may have dropped what is
  /// old.
  private static String now(Session session, String workspace) {
    return session.again(workspace + "/snapshot").path("cursor").asString("0");
  }

  private void print(Session session, JsonNode event) {
    switch (session.format()) {
      case json -> context.out().println(Rest.JSON.writeValueAsString(event));
      case table ->
          context
              .out()
              .println(
                  TerminalText.line(
                      "%8s  %s  %-20s  %s"
                          .formatted(
                              Table.member(event, "position"),
                              Table.member(event, "time"),
                              Table.member(event, "type"),
                              Table.member(event, "subject"))));
    }
  }
}
