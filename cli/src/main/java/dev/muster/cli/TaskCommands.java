package dev.muster.cli;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

@Command(
    name = "task",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    description = "Makes, watches, cancels and retries tasks.")
final class TaskCommands {
  private static final String NAMED = "id, its first 8 digits, or the identifier of its issue";
  private static final String[] SHOWN = {
    "id",
    "status",
    "issue.identifier",
    "issue.title",
    "agent_name",
    "runtime_id",
    "attempt",
    "waiting.detail",
    "failure_reason",
    "error",
    "created_at",
    "started_at",
    "last_activity_at",
    "completed_at",
    "cancelled_by.name"
  };

  private final Context context;

  TaskCommands(Context context) {
    this.context = context;
  }

  @Command(
      name = "create",
      mixinStandardHelpOptions = true,
      description = "Makes a task and prints its id.",
      footer = {
        "",
        "Examples:",
        "  muster task create 'Fix the build' --agent builder",
        "  muster task create 'Say hello' --provider command --wait"
      })
  int create(
      @Mixin At at,
      @Parameters(paramLabel = "TITLE") String title,
      @Option(
              names = "--prompt",
              paramLabel = "TEXT",
              description = "what to do (default: the title)")
          @Nullable String prompt,
      @Option(names = "--agent", paramLabel = "AGENT", description = "name or id")
          @Nullable String agent,
      @Option(
              names = "--provider",
              paramLabel = "NAME",
              description = "what the runtime must be, instead of an agent")
          @Nullable String provider,
      @Option(
              names = "--label",
              paramLabel = "K=V",
              description = "what the runtime must have, with --provider")
          @Nullable Map<String, String> labels,
      @Option(
              names = "--priority",
              paramLabel = "PRIORITY",
              description = "urgent, high, medium, low or none")
          @Nullable String priority,
      @Option(names = "--timeout", paramLabel = "SECONDS", description = "how long a run may take")
          @Nullable Integer timeout,
      @Option(
              names = "--idle-timeout",
              paramLabel = "SECONDS",
              description = "how long a run may give no sign")
          @Nullable Integer idleTimeout,
      @Option(names = "--max-attempts", paramLabel = "N") @Nullable Integer maxAttempts,
      @Option(
              names = "--run-after",
              paramLabel = "TIME",
              description = "not before, as 2026-01-31T08:00:00Z")
          @Nullable String runAfter,
      @Option(
              names = "--concurrency-key",
              paramLabel = "KEY",
              description = "one task of a key runs at a time")
          @Nullable String key,
      @Option(
              names = "--wait",
              description = "waits for the end, shows the output; exit 0 if it completed")
          boolean waits) {
    try (var session = at.open(context)) {
      var workspace = session.workspace();
      var body =
          Session.body(
              "title", title,
              "prompt", prompt,
              "agent_id",
                  agent == null ? null : Table.member(session.agent(workspace, agent), "id"),
              "provider", provider,
              "labels", labels,
              "priority", priority,
              "timeout_seconds", timeout,
              "idle_timeout_seconds", idleTimeout,
              "max_attempts", maxAttempts,
              "run_after", runAfter,
              "concurrency_key", key);
      var task = session.rest().post("/api/tasks?workspace_id=" + workspace, body);
      if (!waits) {
        session.show(task, "id", "status", "issue.identifier", "waiting.detail");
        return 0;
      }
      context.note("Task " + Table.member(task, "id"));
      var following = new Following(session, Table.member(task, "id"));
      var code = following.untilItsEnd();
      following.tellEnd();
      return code;
    }
  }

  @Command(
      name = "list",
      mixinStandardHelpOptions = true,
      description = "Lists tasks, the newest first.")
  int list(
      @Mixin At at,
      @Option(
              names = "--status",
              paramLabel = "STATUS",
              description = "queued, dispatched, running, completed, failed or cancelled")
          @Nullable String status,
      @Option(names = "--agent", paramLabel = "AGENT", description = "name or id")
          @Nullable String agent,
      @Option(
              names = "--limit",
              paramLabel = "N",
              defaultValue = "20",
              description = "how many (default: 20)")
          int limit) {
    try (var session = at.open(context)) {
      var workspace = session.workspace();
      var agents = session.list("/api/agents", workspace);
      var query = new TreeMap<String, Object>(Map.of("workspace_id", workspace, "limit", limit));
      if (status != null) {
        query.put("status", status);
      }
      if (agent != null) {
        query.put("agent_id", Table.member(session.agent(workspace, agent), "id"));
      }
      var tasks = Session.items(session.rest().get("/api/tasks" + Session.query(query)));
      var names = names(agents, "name");
      var titles = issues(session, workspace, tasks);
      session.show(
          new Table()
              .column("ID", "id")
              .column("STATUS", "status")
              .column("AGENT", task -> names.getOrDefault(Table.member(task, "agent_id"), "-"))
              .column("ISSUE", task -> titles.getOrDefault(Table.member(task, "issue_id"), "-"))
              .column("CREATED", "created_at"),
          tasks);
    }
    return 0;
  }

  private static Map<String, String> names(List<JsonNode> things, String member) {
    var names = new HashMap<String, String>();
    things.forEach(thing -> names.put(Table.member(thing, "id"), Table.member(thing, member)));
    return names;
  }

  private static Map<String, String> issues(
      Session session, String workspace, List<JsonNode> tasks) {
    var ids =
        tasks.stream()
            .map(task -> Table.member(task, "issue_id"))
            .distinct()
            .collect(Collectors.joining(","));
    if (ids.isEmpty() || session.format() == At.Format.json) {
      return Map.of();
    }
    var found =
        session
            .rest()
            .get("/api/issues" + Session.query(Map.of("workspace_id", workspace, "ids", ids)));
    var titles = new HashMap<String, String>();
    for (var issue : Session.items(found)) {
      titles.put(
          Table.member(issue, "id"),
          Table.member(issue, "identifier") + " " + Table.member(issue, "title"));
    }
    return titles;
  }

  @Command(name = "show", mixinStandardHelpOptions = true, description = "Shows a task.")
  int show(@Mixin At at, @Parameters(paramLabel = "TASK", description = NAMED) String task) {
    try (var session = at.open(context)) {
      session.show(session.rest().get(path(session.task(task))), SHOWN);
    }
    return 0;
  }

  @Command(
      name = "logs",
      mixinStandardHelpOptions = true,
      description =
          "Prints the output of the last run; exit 1 with -f if the task did not complete.")
  int logs(
      @Mixin At at,
      @Parameters(paramLabel = "TASK", description = NAMED) String task,
      @Option(
              names = {"-f", "--follow"},
              description = "goes on until the task has ended")
          boolean follows) {
    try (var session = at.open(context)) {
      var following = new Following(session, session.task(task));
      return follows ? following.untilItsEnd() : following.once();
    }
  }

  @Command(name = "cancel", mixinStandardHelpOptions = true, description = "Cancels tasks.")
  int cancel(
      @Mixin At at,
      @Parameters(paramLabel = "TASK", arity = "1..*", description = NAMED) List<String> tasks) {
    return new ManyTasks(context)
        .each(
            at,
            tasks,
            "is cancelled, or will be when its runtime has heard of it",
            (_, _) -> "cancel");
  }

  @Command(
      name = "retry",
      mixinStandardHelpOptions = true,
      description = "Runs tasks that have ended once more: each as a new task with the same terms.")
  int retry(
      @Mixin At at,
      @Parameters(paramLabel = "TASK", arity = "1..*", description = NAMED) List<String> tasks) {
    return new ManyTasks(context).each(at, tasks, "runs again", ManyTasks::retryOf);
  }

  static String path(String task) {
    return "/api/tasks/" + Session.encoded(task);
  }
}
