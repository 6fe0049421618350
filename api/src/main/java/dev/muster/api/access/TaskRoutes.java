package dev.muster.api.access;

import dev.muster.api.access.Caller.Work;
import java.util.List;
import java.util.regex.Pattern;

/// What an agent with a task token may ask for: to read what a member reads, but for tokens; to
/// write issues and comments; to end its own task. Nothing that would outlive its claim, or give it
/// what is another's.
final class TaskRoutes {
  static final String OF_DAEMONS = "/api/daemon/";
  private static final Pattern TOKENS =
      Pattern.compile(
          "/api/(tokens|cli-token|workspaces/[^/]+/(service-tokens|token-audit|audit-log))(/.*)?");
  private static final Pattern ISSUE = Pattern.compile("/api/issues/[^/]+/?");
  private static final Pattern RERUN = Pattern.compile("/api/issues/[^/]+/rerun/?");
  private static final Pattern CANCEL = Pattern.compile("/api/tasks/([^/]+)/cancel/?");
  private static final List<Pattern> WRITTEN =
      List.of(
          Pattern.compile("/api/issues(/.*)?"),
          Pattern.compile("/api/comments/.*"),
          Pattern.compile("/api/upload-file/?"));

  private TaskRoutes() {}

  static boolean permits(Work work, String method, String path) {
    if (!path.startsWith("/api/")
        || path.startsWith(OF_DAEMONS)
        || TOKENS.matcher(path).matches()) {
      return false;
    }
    if (Scope.isRead(method)) {
      return true;
    }
    var cancel = CANCEL.matcher(path);
    if (cancel.matches()) {
      return work.isNamed(cancel.group(1));
    }
    var deletesIssue = method.equals("DELETE") && ISSUE.matcher(path).matches();
    return !deletesIssue
        && !RERUN.matcher(path).matches()
        && WRITTEN.stream().anyMatch(written -> written.matcher(path).matches());
  }
}
