package dev.muster.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "token",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    description = "Makes, lists and revokes your tokens.")
final class TokenCommands {
  private final Context context;

  TokenCommands(Context context) {
    this.context = context;
  }

  @Command(
      name = "list",
      mixinStandardHelpOptions = true,
      description = "Lists your tokens, without their secrets.")
  int list(@Mixin At at) {
    try (var session = at.open(context)) {
      session.show(
          new Table()
              .column("NAME", "name")
              .column("SCOPE", "scope")
              .column("BEGINS WITH", "token_prefix")
              .column("LAST USED", "last_used_at")
              .column("EXPIRES", "expires_at")
              .column("ID", "id"),
          session.rest().all("/api/tokens"));
    }
    return 0;
  }

  @Command(
      name = "create",
      mixinStandardHelpOptions = true,
      description = "Makes a token for the workspace, and prints it: it is shown this once.")
  int create(
      @Mixin At at,
      @Parameters(paramLabel = "NAME") String name,
      @Option(
              names = "--scope",
              paramLabel = "SCOPE",
              defaultValue = "daemon",
              description = "daemon, watch or all (default: daemon)")
          String scope,
      @Option(names = "--expires-in-days", paramLabel = "DAYS") @Nullable Integer days,
      @Option(
              names = "--one-daemon",
              description = "good for the runtimes of the first daemon that registers with it")
          boolean oneDaemon) {
    try (var session = at.open(context)) {
      var body =
          Session.body(
              "name",
              name,
              "scope",
              scope,
              "expires_in_days",
              days,
              "workspace_id",
              session.workspace(),
              "one_daemon",
              oneDaemon ? true : null);
      var made = session.rest().post("/api/tokens", body);
      switch (session.format()) {
        case json -> session.show(made);
        case table -> context.out().println(Table.member(made, "token"));
      }
    }
    return 0;
  }

  @Command(name = "revoke", mixinStandardHelpOptions = true, description = "Ends a token at once.")
  int revoke(@Mixin At at, @Parameters(paramLabel = "TOKEN", description = "its id") String token) {
    try (var session = at.open(context)) {
      var _ = session.rest().delete("/api/tokens/" + Session.encoded(token));
      context.note("Revoked.");
    }
    return 0;
  }
}
