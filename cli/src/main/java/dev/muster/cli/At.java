package dev.muster.cli;

import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// The options of all commands: which Muster, which workspace, and how the answer is shown.
final class At {
  static final String LOCAL = "http://localhost:8080";
  private static final int PORT_MAX = 65_535;

  /// How an answer is shown.
  enum Format {
    /// For people.
    table,
    /// As the API answered.
    json
  }

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FORMAT",
      defaultValue = "table",
      description = "${COMPLETION-CANDIDATES} (default: table)")
  private Format format = Format.table;

  @Option(
      names = {"-w", "--workspace"},
      paramLabel = "WORKSPACE",
      description = "slug or id (default: that of the profile, or the only one there is)")
  private @Nullable String workspace;

  @Option(
      names = "--profile",
      paramLabel = "NAME",
      defaultValue = "${env:MUSTER_PROFILE:-" + Profiles.DEFAULT + "}",
      description = "who signed in where (default: default)")
  private String profile = Profiles.DEFAULT;

  Format format() {
    return format;
  }

  String profile() {
    return profile;
  }

  /// Opens the Muster: `MUSTER_URL` and `MUSTER_TOKEN`, or else the profile's.
  Session open(Context context) {
    var environment = context.environment();
    var stored = Profiles.of(environment).find(profile);
    var token =
        named(environment, "MUSTER_TOKEN")
            .or(() -> stored.map(Profiles.Profile::token))
            .orElseThrow(() ->
                new Failure(Failure.NOT_ALLOWED, "Not signed in. Sign in with: muster login"));
    var url =
        named(environment, "MUSTER_URL").or(() -> stored.map(Profiles.Profile::url)).orElse(LOCAL);
    var wanted =
        Optional.ofNullable(workspace)
            .or(() -> named(environment, "MUSTER_WORKSPACE"))
            .or(() -> stored.map(Profiles.Profile::workspace));
    return new Session(new Rest(server(url), token, environment), wanted, format, context);
  }

  /// @throws Failure if it is none, as with a host that has a `_`
  static URI server(String url) {
    try {
      var server = URI.create(url);
      var isHttp = server.getScheme() != null && server.getScheme().matches("(?i)https?");
      if (isHttp && server.getHost() != null && server.getPort() <= PORT_MAX) {
        return server;
      }
    } catch (IllegalArgumentException e) {
      // Told below with the rest of what is no address.
    }
    throw new Failure(Failure.REFUSED, url + " is no address such as " + LOCAL);
  }

  static Optional<String> named(Map<String, String> environment, String name) {
    return Optional.ofNullable(environment.get(name)).map(String::strip).filter(v -> !v.isEmpty());
  }

  /// Where a Muster that runs here keeps its first owner's token.
  static Path localToken(Map<String, String> environment) {
    return Path.of(environment.getOrDefault("MUSTER_DATA", "data"), "token");
  }
}
