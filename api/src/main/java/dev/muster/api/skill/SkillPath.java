package dev.muster.api.skill;

import dev.muster.api.edge.Limits;
import java.util.ArrayDeque;

/// Which paths a skill's file may have: relative ones that stay inside of the directory into which
/// a daemon writes them.
final class SkillPath {
  private SkillPath() {}

  static boolean isValid(String path) {
    return !path.isEmpty()
        && path.length() <= Limits.NAME
        && !path.startsWith("/")
        && !cleaned(path).startsWith("..");
  }

  /// The path without `.`, without doubled slashes, and with each `..` taken back as far as there
  /// is something to take back.
  private static String cleaned(String path) {
    var kept = new ArrayDeque<String>();
    for (var part : path.split("/", -1)) {
      if (part.isEmpty() || part.equals(".")) {
        continue;
      }
      if (part.equals("..") && !kept.isEmpty() && !kept.getLast().equals("..")) {
        kept.removeLast();
        continue;
      }
      kept.addLast(part);
    }
    return String.join("/", kept);
  }
}
