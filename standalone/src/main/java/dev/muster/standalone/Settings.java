package dev.muster.standalone;

import dev.muster.api.ApiProperties;
import dev.muster.api.edge.Quotas;
import dev.muster.events.FeedNames;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// What a person sets in the environment. What Spring reads by itself (`SERVER_PORT`, `SPRING_…`)
/// is not repeated here.
///
/// @param data where the embedded servers keep their files
/// @param token the first owner's token, if the person chose it
/// @param kafkaPort the embedded broker's port; 0 for any that is free
/// @param jdbcUrl the database to use instead of the embedded one
/// @param kafka the bootstrap servers to use instead of the embedded broker
/// @param feed what is Muster's on Kafka
/// @param reserve what the embedded servers leave of the machine
public record Settings(
    Path data,
    Optional<String> token,
    int kafkaPort,
    Optional<String> jdbcUrl,
    Optional<String> kafka,
    FeedNames feed,
    Reserve reserve) {
  /// Variables that are not a property.
  private static final Set<String> OTHERS =
      Set.of(
          "MUSTER_DATA",
          "MUSTER_DATA_RESERVE",
          "MUSTER_HOME",
          "MUSTER_CA_FILE",
          "MUSTER_CONFIG",
          "MUSTER_PROFILE",
          "MUSTER_WORKSPACE",
          "MUSTER_TOKEN",
          "MUSTER_URL",
          "MUSTER_KAFKA_PORT",
          "MUSTER_JAVA_OPTIONS");

  private static final Set<String> PROPERTIES =
      Set.of(
          "muster.api.token",
          "muster.api.allowed-origins",
          "muster.api.serial-daemons",
          "muster.api.connections.max",
          "muster.api.connections.anonymous",
          "muster.api.connections.per-address",
          "muster.api.quotas.runtimes",
          "muster.api.quotas.agents",
          "muster.api.quotas.skills",
          "muster.api.quotas.comments",
          "muster.api.quotas.schedules",
          "muster.api.quotas.webhooks",
          "muster.api.quotas.tokens",
          "muster.api.quotas.storage",
          "muster.api.sockets.max",
          "muster.api.sockets.per-user",
          "muster.api.sockets.per-workspace",
          "muster.api.sockets.per-address",
          "muster.deadlines.assigned",
          "muster.deadlines.start",
          "muster.deadlines.silence",
          "muster.deadlines.reconnect-grace",
          "muster.deadlines.run",
          "muster.deadlines.idle",
          "muster.deadlines.report-lost",
          "muster.deadlines.cancel-grace",
          "muster.deadlines.queued-ttl",
          "muster.deadlines.runtime-kept",
          "muster.deadlines.issue-kept",
          "muster.feed.prefix",
          "muster.feed.retention",
          "muster.oidc.issuer",
          "muster.oidc.client-id",
          "muster.oidc.client-secret",
          "muster.oidc.name",
          "muster.oidc.scopes",
          "muster.oidc.redirect-uri",
          "muster.oidc.domains",
          "muster.oidc.unverified-email",
          "muster.oidc.roles-claim",
          "muster.oidc.roles",
          "muster.oidc.signed-in-for",
          "muster.oidc.tokens-for",
          "muster.webhooks.allow-private",
          "muster.webhooks.retry-for");

  /// Each property may be set by the variable that Spring reads for it.
  private static final Set<String> VARIABLES =
      Stream.concat(OTHERS.stream(), PROPERTIES.stream().map(Units::variable))
          .collect(Collectors.toUnmodifiableSet());

  private static final Pattern OF_SPRING =
      Pattern.compile("(server|spring|logging|management)\\.[a-z].*");

  /// What a command finds in its environment that a runtime of Muster's runs for a task.
  private static final Set<String> OF_TASKS =
      Set.of(
          "MUSTER_TASK_ID",
          "MUSTER_ATTEMPT",
          "MUSTER_CLAIM_GENERATION",
          "MUSTER_AGENT_NAME",
          "MUSTER_PRIOR_SESSION_ID",
          "MUSTER_PRIOR_WORK_DIR",
          "MUSTER_RUN");

  /// Reads and checks the environment.
  ///
  /// @throws Sentence if a variable or property is unknown, or a value impossible
  public static Settings of(Map<String, String> all, Set<String> properties) {
    var environment = Surroundings.own(all);
    environment.keySet().stream()
        .filter(name -> name.startsWith("MUSTER_") && !VARIABLES.contains(name))
        .filter(name -> !OF_TASKS.contains(name))
        .sorted()
        .findFirst()
        .ifPresent(name -> unknown(name, VARIABLES));
    properties.stream()
        .filter(name -> name.startsWith("muster.") && !PROPERTIES.contains(name))
        .sorted()
        .findFirst()
        .ifPresent(name -> unknown(name, PROPERTIES));
    requireExportOverHttp(environment);
    var token = set(environment, "MUSTER_TOKEN");
    // The api's own rule, before anything is started for it.
    token.ifPresent(value ->
        new ApiProperties(
            value,
            null,
            true,
            ApiProperties.Sockets.DEFAULT,
            ApiProperties.Connections.fromTheHeap(),
            Quotas.DEFAULT));
    return new Settings(
        data(environment),
        token,
        Ports.parse("MUSTER_KAFKA_PORT", environment.get("MUSTER_KAFKA_PORT"), 0),
        set(environment, "SPRING_DATASOURCE_URL"),
        set(environment, "SPRING_KAFKA_BOOTSTRAP_SERVERS"),
        feed(environment),
        reserve(environment));
  }

  /// There is no client for gRPC, which others export by where nothing is set. What is said of a
  /// signal counts before what is said of all.
  private static void requireExportOverHttp(Map<String, String> environment) {
    for (var signal : List.of("TRACES_", "METRICS_")) {
      var isExported =
          export(environment, signal, "ENDPOINT").or(() -> export(environment, "", "ENDPOINT"));
      export(environment, signal, "PROTOCOL")
          .or(() -> export(environment, "", "PROTOCOL"))
          .filter(name -> isExported.isPresent() && "grpc".equals(environment.get(name)))
          .ifPresent(name -> {
            throw new Sentence(
                name
                    + " is grpc, and Muster exports over HTTP alone: set it to http/protobuf, and the endpoint to the collector's port for HTTP (4318).");
          });
    }
  }

  /// The name of a variable that is set.
  private static Optional<String> export(
      Map<String, String> environment, String signal, String what) {
    var name = "OTEL_EXPORTER_OTLP_" + signal + what;
    return set(environment, name).map(_ -> name);
  }

  /// Where nobody says where the data are, they are in `data` of where one stands.
  private static Path data(Map<String, String> environment) {
    try {
      return Path.of(set(environment, "MUSTER_DATA").orElse("data")).toAbsolutePath().normalize();
    } catch (InvalidPathException e) {
      throw new Sentence("MUSTER_DATA is no directory: " + e.getReason() + ".", e);
    }
  }

  /// An empty prefix is a mistake, and not the default's.
  private static FeedNames feed(Map<String, String> environment) {
    var prefix = environment.get("MUSTER_FEED_PREFIX");
    return prefix == null ? FeedNames.DEFAULT : new FeedNames(prefix);
  }

  private static Reserve reserve(Map<String, String> environment) {
    var text = set(environment, "MUSTER_DATA_RESERVE");
    if (text.isEmpty()) {
      return new Reserve(Reserve.DISK_DEFAULT);
    }
    return Units.size(text.get())
        .map(Reserve::new)
        .orElseThrow(() ->
            new Sentence(
                "MUSTER_DATA_RESERVE is %s, which is no size such as 512MB or 2GB."
                    .formatted(text.get())));
  }

  /// Where nobody says which installation is meant, a second one is not made in silence because
  /// somebody stands elsewhere.
  ///
  /// @throws Sentence if there is none here, and one beside the program
  static void requireTheOne(Map<String, String> environment) {
    var here = data(environment);
    var home = set(environment, "MUSTER_HOME").map(Path::of).map(path -> path.resolve("data"));
    if (set(environment, "MUSTER_DATA").isPresent() || Files.exists(here) || home.isEmpty()) {
      return;
    }
    if (Files.exists(home.get().resolve("token"))) {
      throw new Sentence(
          "There is no installation in %s, and one in %s; set MUSTER_DATA to the one you mean."
              .formatted(here, home.get()));
    }
  }

  private static void unknown(String name, Set<String> known) {
    throw new Sentence(
        "The setting %s is unknown; Muster knows %s."
            .formatted(name, String.join(", ", List.copyOf(known).stream().sorted().toList())));
  }

  /// What may stand behind a command that starts Spring: settings of its own, or of Muster.
  ///
  /// @return what is wrong with it; empty if nothing is
  static Optional<String> complaint(String command, List<String> arguments) {
    return arguments.stream()
        .filter(argument -> !isSetting(argument))
        .findFirst()
        .map(argument ->
            "./muster %s knows no %s; it takes settings such as --server.port=8080."
                .formatted(command, argument.split("=", 2)[0]));
  }

  private static boolean isSetting(String argument) {
    var name = argument.replaceFirst("^--", "").split("=", 2)[0];
    return argument.startsWith("--")
        && argument.contains("=")
        && (name.startsWith("muster.") || OF_SPRING.matcher(name).matches());
  }

  private static Optional<String> set(Map<String, String> environment, String name) {
    return Optional.ofNullable(environment.get(name)).filter(value -> !value.isBlank());
  }
}
