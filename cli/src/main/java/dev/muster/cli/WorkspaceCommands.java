package dev.muster.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "workspace",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    description = "Lists, makes and chooses workspaces, and says who changed what in one.")
final class WorkspaceCommands {
  private static final int SLUG_MAX = 40;

  private final Context context;

  WorkspaceCommands(Context context) {
    this.context = context;
  }

  @Command(
      name = "list",
      mixinStandardHelpOptions = true,
      description = "Lists the workspaces that the token sees.")
  int list(@Mixin At at) {
    try (var session = at.open(context)) {
      var table = new Table().column("SLUG", "slug").column("NAME", "name").column("ID", "id");
      session.show(table, session.rest().all("/api/workspaces"));
    }
    return 0;
  }

  @Command(
      name = "create",
      mixinStandardHelpOptions = true,
      description = "Makes a workspace, and chooses it.")
  int create(
      @Mixin At at,
      @Parameters(paramLabel = "NAME") String name,
      @Option(
              names = "--slug",
              paramLabel = "SLUG",
              description = "its short name (default: made of the name)")
          @Nullable String slug) {
    try (var session = at.open(context)) {
      var body = Session.body("name", name, "slug", slug == null ? slugOf(name) : slug);
      var made = session.rest().post("/api/workspaces", body);
      session.show(made, "slug", "name", "id");
      var profiles = Profiles.of(context.environment());
      profiles
          .find(at.profile())
          .ifPresent(profile -> profiles.put(at.profile(), profile.in(Table.member(made, "slug"))));
    }
    return 0;
  }

  @Command(
      name = "audit",
      mixinStandardHelpOptions = true,
      description =
          "Lists who changed what in the workspace, the newest first. For owners and admins.")
  int audit(@Mixin At at) {
    try (var session = at.open(context)) {
      var table =
          new Table()
              .column("AT", "at")
              .column("ACTOR", "actor_name")
              .column("ACTION", "action")
              .column("SET", "members")
              .column("SUBJECT", "subject_id")
              .column("STATUS", "status")
              .column("ADDRESS", "address");
      session.show(
          table, session.rest().all("/api/workspaces/" + session.workspace() + "/audit-log"));
    }
    return 0;
  }

  private static String slugOf(String name) {
    var slug =
        name.toLowerCase(java.util.Locale.ROOT)
            .replaceAll("[^a-z0-9]+", "-")
            .replaceAll("^-|-$", "");
    return slug.substring(0, Math.min(slug.length(), SLUG_MAX));
  }

  @Command(
      name = "use",
      mixinStandardHelpOptions = true,
      description = "Chooses the workspace that commands are about unless told otherwise.")
  int use(
      @Mixin At at, @Parameters(paramLabel = "WORKSPACE", description = "slug or id") String name) {
    var profiles = Profiles.of(context.environment());
    var profile =
        profiles
            .find(at.profile())
            .orElseThrow(() ->
                new Failure(
                    Failure.NOT_ALLOWED,
                    "There is no profile to keep it in. Make one with: muster login; or set MUSTER_WORKSPACE, or name it with -w"));
    try (var session = at.open(context)) {
      var chosen = session.workspaceOf(name);
      profiles.put(at.profile(), profile.in(Table.member(chosen, "slug")));
      context.note("Commands are about " + Table.member(chosen, "name") + " now.");
    }
    return 0;
  }
}
