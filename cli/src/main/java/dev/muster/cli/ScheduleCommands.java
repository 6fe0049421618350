package dev.muster.cli;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

@Command(
    name = "schedule",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    description = "Makes, edits, pauses and runs schedules, which make tasks by themselves.")
final class ScheduleCommands {
  private static final String SCHEDULE = "title or id";
  private static final int LISTED_MAX = 500;

  private final Context context;

  ScheduleCommands(Context context) {
    this.context = context;
  }

  @Command(
      name = "create",
      mixinStandardHelpOptions = true,
      description = "Makes a schedule.",
      footer = {
        "",
        "Examples:",
        "  muster schedule create Report --agent reporter --cron '30 2 * * *' --time-zone"
            + " Europe/Berlin",
        "  muster schedule create 'Check the queue' --agent watcher --every 900 --overlap queue",
        "  muster schedule create 'Release' --agent releaser --at 2026-12-01T09:00:00Z"
      })
  int create(
      @Mixin At at, @Mixin ScheduleParts parts, @Parameters(paramLabel = "TITLE") String title) {
    try (var session = at.open(context)) {
      var workspace = session.workspace();
      var body = parts.body(session, workspace, title);
      show(session, session.rest().post("/api/schedules?workspace_id=" + workspace, body));
    }
    return 0;
  }

  @Command(name = "list", mixinStandardHelpOptions = true, description = "Lists the schedules.")
  int list(@Mixin At at) {
    try (var session = at.open(context)) {
      session.show(
          new Table()
              .column("TITLE", "title")
              .column("STATUS", "status")
              .column("WHEN", ScheduleCommands::when)
              .column("NEXT RUN", "next_run_at")
              .column("LAST RUN", "last_run_at")
              .column("MISSED", "missed")
              .column("ID", "id"),
          all(session));
    }
    return 0;
  }

  @Command(
      name = "show",
      mixinStandardHelpOptions = true,
      description = "Shows a schedule, with its next runs.")
  int show(
      @Mixin At at, @Parameters(paramLabel = "SCHEDULE", description = SCHEDULE) String schedule) {
    try (var session = at.open(context)) {
      show(session, session.rest().get(path(find(session, schedule))));
    }
    return 0;
  }

  @Command(
      name = "edit",
      mixinStandardHelpOptions = true,
      description = "Changes what is named, and leaves the rest.")
  int edit(
      @Mixin At at,
      @Mixin ScheduleParts parts,
      @Parameters(paramLabel = "SCHEDULE", description = SCHEDULE) String schedule,
      @Option(names = "--title", paramLabel = "TITLE", description = "its new title")
          @Nullable String title) {
    try (var session = at.open(context)) {
      var path = path(find(session, schedule));
      show(session, session.rest().patch(path, parts.body(session, session.workspace(), title)));
    }
    return 0;
  }

  @Command(
      name = "pause",
      mixinStandardHelpOptions = true,
      description = "Nothing is due until it is resumed.")
  int pause(
      @Mixin At at, @Parameters(paramLabel = "SCHEDULE", description = SCHEDULE) String schedule) {
    return act(at, schedule, "pause");
  }

  @Command(name = "resume", mixinStandardHelpOptions = true, description = "Ends a pause.")
  int resume(
      @Mixin At at, @Parameters(paramLabel = "SCHEDULE", description = SCHEDULE) String schedule) {
    return act(at, schedule, "resume");
  }

  private int act(At at, String schedule, String verb) {
    try (var session = at.open(context)) {
      show(session, session.rest().post(path(find(session, schedule)) + "/" + verb, Map.of()));
    }
    return 0;
  }

  @Command(
      name = "run",
      mixinStandardHelpOptions = true,
      description = "Makes a task of it now, and prints the task's id.")
  int run(
      @Mixin At at, @Parameters(paramLabel = "SCHEDULE", description = SCHEDULE) String schedule) {
    try (var session = at.open(context)) {
      var ran = session.rest().post(path(find(session, schedule)) + "/run", Map.of());
      switch (session.format()) {
        case json -> session.show(ran);
        case table -> context.out().println(Table.member(ran, "task_id"));
      }
    }
    return 0;
  }

  @Command(
      name = "delete",
      mixinStandardHelpOptions = true,
      description = "Deletes a schedule. Its tasks stay.")
  int delete(
      @Mixin At at, @Parameters(paramLabel = "SCHEDULE", description = SCHEDULE) String schedule) {
    try (var session = at.open(context)) {
      var found = find(session, schedule);
      var _ = session.rest().delete(path(found));
      context.note("Deleted " + Table.member(found, "title") + ".");
    }
    return 0;
  }

  private static List<JsonNode> all(Session session) {
    var query = Map.of("workspace_id", session.workspace(), "limit", LISTED_MAX);
    return session.rest().all("/api/schedules" + Session.query(query));
  }

  private static JsonNode find(Session session, String schedule) {
    return Session.named("schedule", all(session), schedule, List.of("id", "title"));
  }

  private static String path(JsonNode schedule) {
    return "/api/schedules/" + Table.member(schedule, "id");
  }

  private static String when(JsonNode schedule) {
    if (!schedule.path("cron").isNull()) {
      return Table.member(schedule, "cron") + " " + Table.member(schedule, "time_zone");
    }
    return schedule.path("every_seconds").isNull()
        ? Table.member(schedule, "at")
        : "every " + Table.member(schedule, "every_seconds") + " s";
  }

  private static void show(Session session, JsonNode schedule) {
    session.show(
        schedule,
        "id",
        "title",
        "status",
        "cron",
        "time_zone",
        "every_seconds",
        "at",
        "overlap",
        "next_run_at",
        "next_runs",
        "fired",
        "missed",
        "last_run_at",
        "last_task_id",
        "last_error");
  }
}
