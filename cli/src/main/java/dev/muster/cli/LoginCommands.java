package dev.muster.cli;

import java.io.BufferedReader;
import java.io.Console;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Who works on which Muster.
final class LoginCommands {
  private LoginCommands() {}

  @Command(
      name = "login",
      mixinStandardHelpOptions = true,
      description = {
        "Signs in with a token or an invitation; the token is kept in the profile.",
        "The token is asked for, or read from stdin where there is no terminal."
      })
  static final class Login implements Callable<Integer> {
    private final Context context;

    @Mixin private At at = new At();

    @Option(
        names = "--url",
        paramLabel = "URL",
        description = "the Muster (default: MUSTER_URL, or " + At.LOCAL + ")")
    private @Nullable String url;

    @Option(
        names = "--local",
        description =
            "takes the first owner's token of a Muster that keeps its data in MUSTER_DATA (./data)")
    private boolean isLocal;

    Login(Context context) {
      this.context = context;
    }

    @Override
    public Integer call() {
      var server =
          At.server(
              Optional.ofNullable(url)
                  .or(() -> At.named(context.environment(), "MUSTER_URL"))
                  .orElse(At.LOCAL));
      var given = isLocal ? local() : asked();
      try (var rest = new Rest(server, given, context.environment())) {
        var me = rest.get("/api/me");
        // An invitation is good for one token, which is the person's own.
        var token =
            Table.member(me, "scope").equals("invitation")
                ? Table.member(rest.post("/api/tokens", Map.of("name", "muster login")), "token")
                : given;
        var profiles = Profiles.of(context.environment());
        profiles.put(at.profile(), new Profiles.Profile(server.toString(), token, null));
        context.note(
            "Signed in to %s as %s; kept in %s."
                .formatted(server, Table.member(me, "name"), profiles.file()));
        At.named(context.environment(), "MUSTER_TOKEN")
            .filter(set -> !set.equals(token))
            .ifPresent(_ ->
                context.note("MUSTER_TOKEN is set and counts before it: unset it to use this."));
      }
      return 0;
    }

    private String local() {
      var file = At.localToken(context.environment());
      try {
        return Files.readString(file).strip();
      } catch (IOException e) {
        throw new Failure(
            Failure.NOT_FOUND,
            "There is no token in %s: start Muster, or name its directory in MUSTER_DATA."
                .formatted(file));
      }
    }

    private String asked() {
      var console = Optional.ofNullable(System.console()).filter(Console::isTerminal);
      var token =
          console.isPresent()
              ? new String(console.get().readPassword("Token: "))
              : firstLineOfStdin();
      if (token.isBlank()) {
        throw new Failure(Failure.NOT_ALLOWED, "No token was given.");
      }
      return token.strip();
    }

    private static String firstLineOfStdin() {
      try {
        var reader = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        var line = reader.readLine();
        return line == null ? "" : line;
      } catch (IOException e) {
        throw new Failure(Failure.NOT_ALLOWED, "No token was given: " + e.getMessage());
      }
    }
  }

  @Command(
      name = "logout",
      mixinStandardHelpOptions = true,
      description = "Forgets the profile. Its token stays valid: muster token revoke ends it.")
  static final class Logout implements Callable<Integer> {
    private final Context context;

    @Mixin private At at = new At();

    Logout(Context context) {
      this.context = context;
    }

    @Override
    public Integer call() {
      var isGone = Profiles.of(context.environment()).remove(at.profile());
      context.note(isGone ? "Signed out." : "There is no profile " + at.profile() + ".");
      return isGone ? 0 : Failure.NOT_FOUND;
    }
  }

  @Command(
      name = "whoami",
      mixinStandardHelpOptions = true,
      description = "Shows who has signed in.")
  static final class WhoAmI implements Callable<Integer> {
    private final Context context;

    @Mixin private At at = new At();

    WhoAmI(Context context) {
      this.context = context;
    }

    @Override
    public Integer call() {
      try (var session = at.open(context)) {
        session.show(session.rest().get("/api/me"), "id", "name", "email");
      }
      return 0;
    }
  }
}
