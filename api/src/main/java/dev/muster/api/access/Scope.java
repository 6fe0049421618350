package dev.muster.api.access;

import java.util.Locale;

/// What a token is good for.
public enum Scope {
  /// Everything its user may do.
  ALL,
  /// What a daemon and the agents it runs need: daemon routes, issues, comments and tasks; no
  /// administration. Such a token may renew itself.
  DAEMON,
  /// Reading and watching.
  WATCH,
  /// Making one token of the person who was invited, once.
  INVITATION,
  /// What an agent at work needs, for as long as its claim lasts: see [TaskRoutes]. Nobody makes
  /// such a token but a claim.
  TASK;

  /// Whether a request may be made at all; what the user may do is asked after this.
  boolean permits(String method, String path) {
    return switch (this) {
      case ALL -> true;
      case DAEMON -> isRead(method) || isDaemonWrite(path);
      case WATCH -> isRead(method);
      case INVITATION -> isAcceptance(method, path);
      case TASK -> false;
    };
  }

  /// To see whose it is, and to make that person's token.
  private static boolean isAcceptance(String method, String path) {
    return (method.equals("GET") && path.equals("/api/me"))
        || (method.equals("POST") && path.matches("/api/tokens/?"));
  }

  static boolean isRead(String method) {
    return method.equals("GET") || method.equals("HEAD");
  }

  private static boolean isDaemonWrite(String path) {
    return path.startsWith("/api/daemon/")
        || path.startsWith("/api/issues")
        || path.startsWith("/api/comments")
        || path.startsWith("/api/tasks")
        || path.equals("/api/tokens/current/renew")
        // For the answer that says why not, as agents with a token of their own have it.
        || path.equals("/api/upload-file");
  }

  public String wire() {
    return name().toLowerCase(Locale.ROOT);
  }

  public static Scope of(String wire) {
    return valueOf(wire.toUpperCase(Locale.ROOT));
  }
}
