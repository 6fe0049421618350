package dev.muster.api.notifier;

import dev.muster.api.edge.Input;
import dev.muster.api.edge.Refused;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// What a watcher wants to see of its workspace; null and an empty set mean everything.
record Filter(Set<String> kinds, @Nullable UUID agent, @Nullable UUID issue, @Nullable UUID task) {
  static final Filter NONE = new Filter(Set.of(), null, null, null);

  /// The frames' own word for runtimes is the daemon's that registers them.
  private static final String RUNTIME = "runtime";

  private static final String DAEMON = "daemon";
  private static final Set<String> KINDS =
      Set.of("task", RUNTIME, DAEMON, "agent", "issue", "comment", "skill", "workspace", "member");

  Filter {
    kinds = Set.copyOf(kinds);
  }

  static Filter of(HttpServletRequest request) {
    return new Filter(
        kinds(request.getParameter("kinds")),
        id(request, "agent"),
        id(request, "issue"),
        id(request, "task"));
  }

  private static Set<String> kinds(@Nullable String list) {
    if (list == null || list.isEmpty()) {
      return Set.of();
    }
    return Arrays.stream(list.split(",", -1))
        .map(Filter::kind)
        .collect(Collectors.toUnmodifiableSet());
  }

  private static String kind(String kind) {
    if (!KINDS.contains(kind)) {
      throw Refused.invalid("kinds", "must be of " + String.join(", ", new TreeSet<>(KINDS)));
    }
    return kind.equals(RUNTIME) ? DAEMON : kind;
  }

  private static @Nullable UUID id(HttpServletRequest request, String name) {
    var value = request.getParameter(name);
    return value == null || value.isEmpty() ? null : Input.id(name, value);
  }

  boolean passes(About about) {
    if (about.kind().isEmpty()) {
      return true;
    }
    return (kinds.isEmpty() || kinds.contains(about.kind()))
        && (agent == null || agent.equals(about.agent()))
        && (issue == null || issue.equals(about.issue()))
        && (task == null || task.equals(about.task()));
  }
}
