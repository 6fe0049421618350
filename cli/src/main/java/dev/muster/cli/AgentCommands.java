package dev.muster.cli;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "agent",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    description = "Makes, edits, pauses and drains agents.")
final class AgentCommands {
  private static final String AGENT = "name or id";

  private final Context context;

  AgentCommands(Context context) {
    this.context = context;
  }

  /// What an agent is made of, each as it is left out.
  static final class Parts {
    @Option(
        names = "--runtime",
        paramLabel = "RUNTIME",
        description = "name or id of the only runtime it works on")
    private @Nullable String runtime;

    @Option(
        names = "--provider",
        paramLabel = "NAME",
        description = "what its runtimes must be: claude, codex, command, …")
    private @Nullable String provider;

    @Option(names = "--label", paramLabel = "K=V", description = "what its runtimes must have")
    private @Nullable Map<String, String> labels;

    @Option(names = "--instructions", paramLabel = "TEXT")
    private @Nullable String instructions;

    @Option(names = "--description", paramLabel = "TEXT")
    private @Nullable String description;

    @Option(names = "--visibility", paramLabel = "WHO", description = "workspace or private")
    private @Nullable String visibility;

    @Option(
        names = "--max-tasks",
        paramLabel = "N",
        description = "how many of its tasks run at a time")
    private @Nullable Integer maxTasks;

    @Option(
        names = "--rate",
        paramLabel = "N",
        description = "how many of its tasks begin in a minute")
    private @Nullable Integer rate;

    @Option(
        names = "--timeout",
        paramLabel = "SECONDS",
        description = "how long its runs may take, where the task does not say; 0: as usual")
    private @Nullable Integer timeout;

    @Option(
        names = "--idle-timeout",
        paramLabel = "SECONDS",
        description =
            "how long its runs may give no sign, where the task does not say; 0: as usual")
    private @Nullable Integer idleTimeout;

    Map<String, Object> body(Session session, String workspace, @Nullable String name) {
      return Session.body(
          "name", name,
          "runtime_id",
              runtime == null ? null : Table.member(session.runtime(workspace, runtime), "id"),
          "provider", provider,
          "labels", labels,
          "instructions", instructions,
          "description", description,
          "visibility", visibility,
          "max_concurrent_tasks", maxTasks,
          "rate_per_minute", rate,
          "timeout_seconds", timeout,
          "idle_timeout_seconds", idleTimeout);
    }
  }

  @Command(name = "list", mixinStandardHelpOptions = true, description = "Lists the agents.")
  int list(@Mixin At at) {
    try (var session = at.open(context)) {
      session.show(
          new Table()
              .column("NAME", "name")
              .column("STATUS", "status")
              .column("INTAKE", "intake")
              .column("PROVIDER", "provider")
              .column("TASKS AT A TIME", "max_concurrent_tasks")
              .column("ID", "id"),
          session.list("/api/agents", session.workspace()));
    }
    return 0;
  }

  @Command(
      name = "create",
      mixinStandardHelpOptions = true,
      description = "Makes an agent.",
      footer = {
        "",
        "Examples:",
        "  muster agent create builder --provider claude --instructions 'You mend builds.'",
        "  muster agent create local --runtime my-laptop --max-tasks 2"
      })
  int create(@Mixin At at, @Mixin Parts parts, @Parameters(paramLabel = "NAME") String name) {
    try (var session = at.open(context)) {
      var workspace = session.workspace();
      var body = parts.body(session, workspace, name);
      session.show(
          session.rest().post("/api/agents?workspace_id=" + workspace, body),
          "id",
          "name",
          "status");
    }
    return 0;
  }

  @Command(
      name = "edit",
      mixinStandardHelpOptions = true,
      description = "Changes what is named, and leaves the rest.")
  int edit(
      @Mixin At at,
      @Mixin Parts parts,
      @Parameters(paramLabel = "AGENT", description = AGENT) String agent,
      @Option(names = "--name", paramLabel = "NAME", description = "its new name")
          @Nullable String name) {
    try (var session = at.open(context)) {
      var workspace = session.workspace();
      var id = Table.member(session.agent(workspace, agent), "id");
      var body = parts.body(session, workspace, name);
      session.show(session.rest().put("/api/agents/" + id, body), "id", "name", "status");
    }
    return 0;
  }

  @Command(
      name = "pause",
      mixinStandardHelpOptions = true,
      description = "No task of the agent begins.")
  int pause(@Mixin At at, @Parameters(paramLabel = "AGENT", description = AGENT) String agent) {
    return act(at, agent, "pause");
  }

  @Command(
      name = "drain",
      mixinStandardHelpOptions = true,
      description = "The agent takes no new tasks, and ends those it has.")
  int drain(@Mixin At at, @Parameters(paramLabel = "AGENT", description = AGENT) String agent) {
    return act(at, agent, "drain");
  }

  @Command(
      name = "resume",
      mixinStandardHelpOptions = true,
      description = "Ends a pause, or a drain.")
  int resume(@Mixin At at, @Parameters(paramLabel = "AGENT", description = AGENT) String agent) {
    return act(at, agent, "resume");
  }

  private int act(At at, String agent, String verb) {
    try (var session = at.open(context)) {
      var id = Table.member(session.agent(session.workspace(), agent), "id");
      session.show(
          session.rest().post("/api/agents/" + id + "/" + verb, Map.of()), "id", "name", "intake");
    }
    return 0;
  }

  @Command(name = "delete", mixinStandardHelpOptions = true, description = "Deletes an agent.")
  int delete(@Mixin At at, @Parameters(paramLabel = "AGENT", description = AGENT) String agent) {
    try (var session = at.open(context)) {
      var found = session.agent(session.workspace(), agent);
      var _ = session.rest().delete("/api/agents/" + Table.member(found, "id"));
      context.note("Deleted " + Table.member(found, "name") + ".");
    }
    return 0;
  }
}
