package dev.muster.standalone;

import dev.muster.api.ApiProperties;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/// What a person sets in the environment. What Spring reads by itself (`SERVER_PORT`, `SPRING_…`)
/// is not repeated here.
///
/// @param data where the embedded servers keep their files
/// @param token the first owner's token, if the person chose it
/// @param kafkaPort the embedded broker's port; 0 for any that is free
/// @param jdbcUrl the database to use instead of the embedded one
/// @param kafka the bootstrap servers to use instead of the embedded broker
public record Settings(
    Path data,
    Optional<String> token,
    int kafkaPort,
    Optional<String> jdbcUrl,
    Optional<String> kafka) {
  private static final Set<String> VARIABLES =
      Set.of(
          "MUSTER_DATA",
          "MUSTER_TOKEN",
          "MUSTER_URL",
          "MUSTER_KAFKA_PORT",
          "MUSTER_JAVA_OPTIONS",
          "MUSTER_API_ALLOWEDORIGINS",
          "MUSTER_API_TOKEN",
          "MUSTER_API_SERIALDAEMONS",
          "MUSTER_API_CONNECTIONS_MAX",
          "MUSTER_API_CONNECTIONS_ANONYMOUS",
          "MUSTER_API_CONNECTIONS_PERADDRESS",
          "MUSTER_API_QUOTAS_RUNTIMES",
          "MUSTER_API_QUOTAS_AGENTS",
          "MUSTER_API_QUOTAS_SKILLS",
          "MUSTER_API_QUOTAS_COMMENTS",
          "MUSTER_API_QUOTAS_TOKENS",
          "MUSTER_API_SOCKETS_MAX",
          "MUSTER_API_SOCKETS_PERUSER",
          "MUSTER_API_SOCKETS_PERADDRESS",
          "MUSTER_DEADLINES_ASSIGNED",
          "MUSTER_DEADLINES_START",
          "MUSTER_DEADLINES_SILENCE",
          "MUSTER_DEADLINES_RECONNECTGRACE",
          "MUSTER_DEADLINES_RUN",
          "MUSTER_DEADLINES_REPORTLOST",
          "MUSTER_DEADLINES_CANCELGRACE",
          "MUSTER_DEADLINES_QUEUEDTTL",
          "MUSTER_FEED_RETENTION");
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
          "muster.api.quotas.tokens",
          "muster.api.sockets.max",
          "muster.api.sockets.per-user",
          "muster.api.sockets.per-address",
          "muster.deadlines.assigned",
          "muster.deadlines.start",
          "muster.deadlines.silence",
          "muster.deadlines.reconnect-grace",
          "muster.deadlines.run",
          "muster.deadlines.report-lost",
          "muster.deadlines.cancel-grace",
          "muster.deadlines.queued-ttl",
          "muster.feed.retention");

  /// What a Kubernetes service of the name `muster` puts into the environment of its neighbours.
  private static final Pattern OF_KUBERNETES = Pattern.compile("MUSTER_(SERVICE_|PORT(_|$)).*");

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
  public static Settings of(Map<String, String> environment, Set<String> properties) {
    environment.keySet().stream()
        .filter(name -> name.startsWith("MUSTER_") && !VARIABLES.contains(name))
        .filter(name -> !OF_KUBERNETES.matcher(name).matches() && !OF_TASKS.contains(name))
        .sorted()
        .findFirst()
        .ifPresent(name -> unknown(name, VARIABLES));
    properties.stream()
        .filter(name -> name.startsWith("muster.") && !PROPERTIES.contains(name))
        .sorted()
        .findFirst()
        .ifPresent(name -> unknown(name, PROPERTIES));
    var token = set(environment, "MUSTER_TOKEN");
    // The api's own rule, before anything is started for it.
    token.ifPresent(value ->
        new ApiProperties(
            value,
            null,
            true,
            ApiProperties.Sockets.DEFAULT,
            ApiProperties.Connections.fromTheHeap()));
    return new Settings(
        Path.of(environment.getOrDefault("MUSTER_DATA", "data")).toAbsolutePath().normalize(),
        token,
        Ports.parse("MUSTER_KAFKA_PORT", environment.get("MUSTER_KAFKA_PORT"), 0),
        set(environment, "SPRING_DATASOURCE_URL"),
        set(environment, "SPRING_KAFKA_BOOTSTRAP_SERVERS"));
  }

  private static void unknown(String name, Set<String> known) {
    throw new Sentence(
        "The setting %s is unknown; Muster knows %s."
            .formatted(name, String.join(", ", List.copyOf(known).stream().sorted().toList())));
  }

  private static Optional<String> set(Map<String, String> environment, String name) {
    return Optional.ofNullable(environment.get(name)).filter(value -> !value.isBlank());
  }
}
