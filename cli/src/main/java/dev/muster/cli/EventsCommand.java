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
      var path = "/api/workspaces/" + session.workspace() + "/events";
      var position = after != null ? after : follows ? head(session, path) : 0;
      while (true) {
        var query = new TreeMap<String, Object>(Map.of("after", position, "limit", PAGE));
        if (subject != null) {
          query.put("subject", subject);
        }
        var page = session.rest().get(path + Session.query(query));
        for (var event : page.path("events").valueStream().toList()) {
          print(session, event);
        }
        context.out().flush();
        var next = page.path("next").asLong(position);
        if (next == position) {
          if (!follows) {
            return 0;
          }
          context.pause();
        }
        position = next;
      }
    }
  }

  private static long head(Session session, String path) {
    return session.rest().get(path + "?after=0&limit=1").path("head").asLong(0);
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
