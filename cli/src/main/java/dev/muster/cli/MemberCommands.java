package dev.muster.cli;

import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "member",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    description = "Lists, adds, invites and removes members of the workspace.")
final class MemberCommands {
  private final Context context;

  MemberCommands(Context context) {
    this.context = context;
  }

  @Command(name = "list", mixinStandardHelpOptions = true, description = "Lists the members.")
  int list(@Mixin At at) {
    try (var session = at.open(context)) {
      session.show(
          new Table()
              .column("NAME", "name")
              .column("EMAIL", "email")
              .column("ROLE", "role")
              .column("ID", "id"),
          session.rest().all(members(session)));
    }
    return 0;
  }

  @Command(
      name = "add",
      mixinStandardHelpOptions = true,
      description = "Adds somebody by an e-mail address.")
  int add(
      @Mixin At at,
      @Parameters(paramLabel = "EMAIL") String email,
      @Option(
              names = "--role",
              paramLabel = "ROLE",
              defaultValue = "member",
              description = "owner, admin or member (default: member)")
          String role) {
    try (var session = at.open(context)) {
      var body = Session.body("email", email, "role", role);
      session.show(session.rest().post(members(session), body), "id", "email", "role");
      context.note(
          "They sign in with your company's provider, or by: muster member invite " + email);
    }
    return 0;
  }

  @Command(
      name = "invite",
      mixinStandardHelpOptions = true,
      description = {
        "Makes an invitation for a member who has no token, shown only now.",
        "Hand it over: it is good for seven days, and makes one token of their own."
      })
  int invite(
      @Mixin At at,
      @Parameters(paramLabel = "MEMBER", description = "id, or e-mail address") String member) {
    try (var session = at.open(context)) {
      var path = members(session);
      var found = Session.named("member", session.rest().all(path), member, List.of("id", "email"));
      var made =
          session.rest().post(path + "/" + Table.member(found, "id") + "/invitation", Map.of());
      session.show(made, "email", "token", "expires_at");
      context.note(
          "They open %s/#/invitation/<token>, or run: muster login --url %s"
              .formatted(session.rest().server(), session.rest().server()));
    }
    return 0;
  }

  @Command(name = "remove", mixinStandardHelpOptions = true, description = "Removes a member.")
  int remove(
      @Mixin At at,
      @Parameters(paramLabel = "MEMBER", description = "id, or e-mail address") String member) {
    try (var session = at.open(context)) {
      var path = members(session);
      var found = Session.named("member", session.rest().all(path), member, List.of("id", "email"));
      var _ = session.rest().delete(path + "/" + Table.member(found, "id"));
      context.note("Removed " + Table.member(found, "email") + ".");
    }
    return 0;
  }

  private static String members(Session session) {
    return "/api/workspaces/" + session.workspace() + "/members";
  }
}
