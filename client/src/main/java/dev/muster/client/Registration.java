package dev.muster.client;

import java.util.List;
import java.util.Map;

/// What a daemon says of itself when it comes.
///
/// @param process new in each process
public record Registration(
    String workspace, String daemon, String device, String process, List<Offer> runtimes) {
  public Registration {
    runtimes = List.copyOf(runtimes);
  }

  /// A runtime that the daemon offers.
  ///
  /// @param provider the kind of agent
  /// @param slots how many tasks it takes at once
  public record Offer(
      String name, String provider, String version, Map<String, String> labels, int slots) {
    public Offer {
      labels = Map.copyOf(labels);
    }

    Map<String, Object> body() {
      return Json.object(
          "name",
          name,
          "type",
          provider,
          "version",
          version,
          "status",
          "online",
          "labels",
          labels,
          "max_concurrent_tasks",
          slots);
    }
  }

  Map<String, Object> body() {
    return Json.object(
        "workspace_id",
        workspace,
        "daemon_id",
        daemon,
        "device_name",
        device,
        "runtimes",
        runtimes.stream().map(Offer::body).toList(),
        "process_id",
        process);
  }
}
