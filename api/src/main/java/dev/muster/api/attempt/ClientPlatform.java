package dev.muster.api.attempt;

import org.jspecify.annotations.Nullable;

/// Which program a client is, as far as it says so. Multica's daemons do since 2026-08; those
/// before say nothing, and are answered as they always were.
public final class ClientPlatform {
  public static final String HEADER = "X-Client-Platform";
  private static final String DAEMON = "daemon";

  private ClientPlatform() {}

  /// Whether a client is a daemon that wants a token for each claim.
  public static boolean isDaemon(@Nullable String platform) {
    return platform != null && platform.strip().equalsIgnoreCase(DAEMON);
  }
}
