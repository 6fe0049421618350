package dev.muster.standalone.demo;

import java.net.URI;
import java.time.Duration;
import java.util.List;

/// What a simulated daemon is started with.
///
/// @param server the api, without a path
/// @param workspaces the ids of the workspaces it watches
/// @param usage what it has found in its own logs, reported at its start and every five minutes
public record DaemonOptions(
    URI server,
    String token,
    List<String> workspaces,
    Machine machine,
    Pace pace,
    List<Usage> usage) {
  public DaemonOptions {
    workspaces = List.copyOf(workspaces);
    usage = List.copyOf(usage);
  }

  /// The machine it stands for; two daemons with the same id are one to the server.
  public record Machine(String daemonId, String deviceName, List<Provider> providers) {
    public Machine {
      providers = List.copyOf(providers);
    }
  }

  /// An agent's command line that is installed on the machine.
  ///
  /// @param type `claude` or `codex`
  public record Provider(String type, String version) {}

  /// How long it waits between polls, and between heartbeats.
  public record Pace(Duration poll, Duration heartbeat) {
    /// The pace of the seed's daemon.
    public static final Pace DEFAULT = new Pace(Duration.ofSeconds(3), Duration.ofSeconds(15));
  }

  /// The tokens that one model used on one day.
  ///
  /// @param date `YYYY-MM-DD`
  public record Usage(
      String date,
      String provider,
      String model,
      long inputTokens,
      long outputTokens,
      Cached cached) {}

  /// The tokens that came out of a cache, and those that went in.
  public record Cached(long readTokens, long writeTokens) {}
}
