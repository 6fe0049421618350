package dev.muster.api.frame;

import java.util.Locale;

/// What kind of thing a frame is about: the part of its type before the colon.
public enum FrameKind {
  TASK,
  DAEMON,
  AGENT,
  ISSUE,
  COMMENT,
  SKILL,
  WORKSPACE,
  MEMBER,
  USAGE,
  BUDGET,
  SCHEDULE,
  WEBHOOK,
  /// Between the server and one client.
  SOCKET;

  String wire() {
    return name().toLowerCase(Locale.ROOT);
  }

  /// Whether a client may ask for frames of this kind alone.
  boolean isAskedFor() {
    return switch (this) {
      case TASK, DAEMON, AGENT, ISSUE, COMMENT, SKILL, WORKSPACE, MEMBER, SCHEDULE, WEBHOOK -> true;
      case USAGE, BUDGET, SOCKET -> false;
    };
  }
}
