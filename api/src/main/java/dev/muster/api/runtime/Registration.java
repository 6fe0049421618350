package dev.muster.api.runtime;

import dev.muster.api.attempt.ClientPlatform;
import dev.muster.api.edge.Input;
import dev.muster.api.edge.Limits;
import dev.muster.api.edge.Refused;
import dev.muster.api.heartbeat.Processes;
import dev.muster.api.heartbeat.RuntimeDirectory;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// What a daemon says of itself and its runtimes, checked and in the form in which it is stored.
///
/// @param isNoRestart whether the daemon registers while it is at work, too, and says by itself
///   when it was restarted
/// @param legacyDaemonIds what else the daemon may have called itself before, in small letters,
///   since names of hosts have no others
record Registration(
    String daemonId,
    @Nullable String processId,
    boolean isNoRestart,
    List<String> legacyDaemonIds,
    List<Entry> entries) {
  private static final int RUNTIMES_MAX = 100;
  private static final int LEGACY_MAX = 100;

  Registration {
    legacyDaemonIds = List.copyOf(legacyDaemonIds);
    entries = List.copyOf(entries);
  }

  /// The same, of a daemon that had these identities before.
  Registration succeeding(List<String> legacy) {
    return new Registration(daemonId, processId, isNoRestart, legacy, entries);
  }

  /// The body of a register call, as it comes.
  record Request(
      @Nullable String workspaceId,
      @Nullable String daemonId,
      @Nullable String deviceName,
      @Nullable List<@Nullable RuntimeRequest> runtimes,
      @Nullable String processId,
      @Nullable String cliVersion,
      @Nullable List<@Nullable String> legacyDaemonIds) {
    /// Multica's daemons register again whenever something about them changes; since they do they
    /// also say these.
    boolean isNoRestart() {
      return cliVersion != null || legacyDaemonIds != null;
    }
  }

  record RuntimeRequest(
      @Nullable String name,
      @Nullable String type,
      @Nullable String version,
      @Nullable String status,
      @Nullable JsonNode labels,
      @Nullable Integer maxConcurrentTasks) {}

  /// One runtime of the daemon.
  ///
  /// @param apart what tells it from others of its type; empty where there are none
  /// @param labels a JSON object
  /// @param maxConcurrentTasks how many tasks it takes at once; a daemon that does not say takes
  ///   one
  /// @param serial whether it does not say: such a daemon claims only when it has nothing to do
  record Entry(
      String name,
      String provider,
      String apart,
      String status,
      String deviceInfo,
      String version,
      String labels,
      int maxConcurrentTasks,
      boolean serial) {
    /// The same of a daemon that takes as many as its claims ask for, and never says so here.
    Entry ofManySlots() {
      return serial
          ? new Entry(
              name,
              provider,
              apart,
              status,
              deviceInfo,
              version,
              labels,
              RuntimeDirectory.DAEMON_SLOTS,
              false)
          : this;
    }

    /// The same for each register of it, and another for each other.
    String key() {
      return provider + '\0' + apart;
    }
  }

  /// Checks a request in the order in which the seed's server does.
  ///
  /// @param platform what the client says it is
  static Registration of(Request request, @Nullable String platform) {
    var daemonId = Input.required("daemon_id", request.daemonId(), Limits.NAME);
    Input.required("workspace_id", request.workspaceId(), Limits.NAME);
    var runtimes = Input.list("runtimes", request.runtimes(), RUNTIMES_MAX);
    if (runtimes.isEmpty()) {
      throw Refused.badRequest("at least one runtime is required");
    }
    var device = Input.orElse("device_name", request.deviceName(), "", Limits.NAME).strip();
    var types =
        runtimes.stream()
            .collect(Collectors.groupingBy(Registration::provider, Collectors.counting()));
    var _ = Input.optional("cli_version", request.cliVersion(), Limits.NAME);
    var isNoRestart = request.isNoRestart() || ClientPlatform.isDaemon(platform);
    var entries =
        runtimes.stream()
            .map(runtime -> entry(runtime, device, types.getOrDefault(provider(runtime), 1L) > 1))
            .map(entry -> isNoRestart ? entry.ofManySlots() : entry)
            .toList();
    requireNamedApart(entries);
    return new Registration(
        daemonId,
        Processes.checked(request.processId()),
        isNoRestart,
        legacyIds(daemonId, request.legacyDaemonIds()),
        entries);
  }

  private static List<String> legacyIds(
      String daemonId, @Nullable List<@Nullable String> legacyDaemonIds) {
    return Input.list("legacy_daemon_ids", legacyDaemonIds, LEGACY_MAX).stream()
        .map(id -> Input.orElse("legacy_daemon_ids", id, "", Limits.NAME).strip())
        .filter(id -> !id.isEmpty() && !id.equalsIgnoreCase(daemonId))
        .map(id -> id.toLowerCase(Locale.ROOT))
        .distinct()
        .toList();
  }

  /// Two that nothing tells apart would be one, and each would be given the other's tasks.
  private static void requireNamedApart(List<Entry> entries) {
    var keys = new HashSet<String>();
    entries.forEach(entry -> {
      if (!keys.add(entry.key())) {
        throw Refused.invalid(
            "runtimes.name",
            "must tell apart the runtimes of the type %s: give each a name of its own"
                .formatted(entry.provider()));
      }
    });
  }

  private static String provider(@Nullable RuntimeRequest sent) {
    var type = sent == null ? null : sent.type();
    var provider = Input.orElse("runtimes.type", type, "", Limits.PROVIDER).strip();
    return provider.isEmpty() ? "unknown" : provider;
  }

  private static Entry entry(@Nullable RuntimeRequest sent, String device, boolean isOneOfMany) {
    var runtime = sent == null ? new RuntimeRequest(null, null, null, null, null, null) : sent;
    var provider = provider(sent);
    var name = Input.orElse("runtimes.name", runtime.name(), "", Limits.NAME).strip();
    var version = Input.orElse("runtimes.version", runtime.version(), "", Limits.NAME);
    var slots = runtime.maxConcurrentTasks() == null ? 1 : runtime.maxConcurrentTasks();
    return new Entry(
        name(name, provider, device),
        provider,
        isOneOfMany ? name : "",
        "offline".equals(runtime.status()) ? "offline" : "online",
        deviceInfo(device, version),
        version,
        Labels.text("runtimes.labels", runtime.labels()),
        Input.between("runtimes.max_concurrent_tasks", slots, 1, Limits.CONCURRENT_TASKS),
        runtime.maxConcurrentTasks() == null);
  }

  static String name(String name, String provider, String device) {
    if (!name.isEmpty()) {
      return name;
    }
    return device.isEmpty() ? provider : provider + " (" + device + ")";
  }

  static String deviceInfo(String device, String version) {
    if (device.isEmpty() || version.isEmpty()) {
      return device + version;
    }
    return device + " \u00B7 " + version;
  }
}
