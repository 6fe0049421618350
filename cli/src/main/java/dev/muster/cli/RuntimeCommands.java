package dev.muster.cli;

import java.util.Map;
import java.util.Set;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
    name = "runtime",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    description = {
      "Lists, pauses, drains, renames and removes runtimes.",
      "Without one of these commands it is a runtime that runs a command for each task: muster help."
    })
final class RuntimeCommands {
  static final Set<String> NAMES = Set.of("list", "pause", "drain", "resume", "rename", "remove");

  private static final String RUNTIME = "name or id";

  private final Context context;

  RuntimeCommands(Context context) {
    this.context = context;
  }

  @Command(name = "list", mixinStandardHelpOptions = true, description = "Lists the runtimes.")
  int list(@Mixin At at) {
    try (var session = at.open(context)) {
      session.show(
          new Table()
              .column("NAME", "name")
              .column("STATUS", "status")
              .column("INTAKE", "intake")
              .column("PROVIDER", "provider")
              .column(
                  "TASKS",
                  row ->
                      Table.member(row, "active_tasks")
                          + "/"
                          + Table.member(row, "max_concurrent_tasks"))
              .column("LAST SEEN", "last_seen_at")
              .column("ID", "id"),
          session.list("/api/runtimes", session.workspace()));
    }
    return 0;
  }

  @Command(
      name = "pause",
      mixinStandardHelpOptions = true,
      description = "No task begins on the runtime.")
  int pause(
      @Mixin At at, @Parameters(paramLabel = "RUNTIME", description = RUNTIME) String runtime) {
    return act(at, runtime, "pause");
  }

  @Command(
      name = "drain",
      mixinStandardHelpOptions = true,
      description = "The runtime takes no new tasks, and ends those it has.")
  int drain(
      @Mixin At at, @Parameters(paramLabel = "RUNTIME", description = RUNTIME) String runtime) {
    return act(at, runtime, "drain");
  }

  @Command(
      name = "resume",
      mixinStandardHelpOptions = true,
      description = "Ends a pause, or a drain.")
  int resume(
      @Mixin At at, @Parameters(paramLabel = "RUNTIME", description = RUNTIME) String runtime) {
    return act(at, runtime, "resume");
  }

  private int act(At at, String runtime, String verb) {
    try (var session = at.open(context)) {
      var id = Table.member(session.runtime(session.workspace(), runtime), "id");
      session.show(
          session.rest().post("/api/runtimes/" + id + "/" + verb, Map.of()),
          "id",
          "name",
          "intake");
    }
    return 0;
  }

  @Command(
      name = "rename",
      mixinStandardHelpOptions = true,
      description = "Gives a runtime a name that stays when its daemon registers again.")
  int rename(
      @Mixin At at,
      @Parameters(paramLabel = "RUNTIME", description = RUNTIME) String runtime,
      @Parameters(
              paramLabel = "NAME",
              description = "the new name; an empty one gives it its daemon's again")
          String name) {
    try (var session = at.open(context)) {
      var id = Table.member(session.runtime(session.workspace(), runtime), "id");
      session.show(session.rest().patch("/api/runtimes/" + id, Map.of("name", name)), "id", "name");
    }
    return 0;
  }

  @Command(
      name = "remove",
      mixinStandardHelpOptions = true,
      description = "Removes a runtime that is offline.")
  int remove(
      @Mixin At at, @Parameters(paramLabel = "RUNTIME", description = RUNTIME) String runtime) {
    try (var session = at.open(context)) {
      var found = session.runtime(session.workspace(), runtime);
      var _ = session.rest().delete("/api/runtimes/" + Table.member(found, "id"));
      context.note("Removed " + Table.member(found, "name") + ".");
    }
    return 0;
  }
}
