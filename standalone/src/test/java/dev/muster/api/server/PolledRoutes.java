package dev.muster.api.server;

/// Which routes have a tag on their answers, as the filter decides.
public final class PolledRoutes {
  private PolledRoutes() {}

  /// Whether the route's answers have a tag.
  ///
  /// @param pattern with its variables in braces
  public static boolean isPolled(String method, String pattern) {
    return PolledReads.isPolled(method, pattern.replaceAll("\\{[^}]+}", "x"));
  }
}
