package dev.muster.api.access;

import dev.muster.events.id.AgentId;
import dev.muster.events.id.IssueId;
import dev.muster.events.id.TaskId;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;

/// Which tokens a route takes, as the filter of tokens decides.
public final class ScopesOfRoutes {
  private static final UUID ANY = new UUID(0, 0);
  private static final Caller.Work WORK =
      new Caller.Work(new TaskId(ANY), 1, new AgentId(ANY), new IssueId(ANY));

  private ScopesOfRoutes() {}

  /// The scopes of tokens that the route takes; empty if it asks for none.
  ///
  /// @param pattern with its variables in braces
  public static List<String> of(String method, String pattern) {
    var path = pattern.replaceAll("\\{[^}]+}", ANY.toString());
    if (!path.startsWith("/api") && !path.startsWith("/metrics")) {
      return List.of();
    }
    return Arrays.stream(Scope.values())
        .filter(scope ->
            scope == Scope.TASK
                ? TaskRoutes.permits(WORK, method, path)
                : scope.permits(method, path))
        .map(Scope::wire)
        .toList();
  }
}
