package dev.muster.api.frame;

import dev.muster.api.edge.Input;
import dev.muster.api.edge.Refused;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Arrays;
import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// What a watcher wants to see of its workspace; null and an empty set mean everything.
public record FrameFilter(
    Set<FrameKind> kinds, @Nullable UUID agent, @Nullable UUID issue, @Nullable UUID task) {
  public static final FrameFilter NONE = new FrameFilter(Set.of(), null, null, null);

  /// The events' word for what the frames, as Multica's, call a daemon.
  private static final String RUNTIME = "runtime";

  private static final Map<String, FrameKind> KINDS = byName();

  private static Map<String, FrameKind> byName() {
    var kinds = new TreeMap<String, FrameKind>();
    for (var kind : FrameKind.values()) {
      if (kind.isAskedFor()) {
        kinds.put(kind.wire(), kind);
      }
    }
    kinds.put(RUNTIME, FrameKind.DAEMON);
    return Collections.unmodifiableMap(kinds);
  }

  public FrameFilter {
    kinds = Set.copyOf(kinds);
  }

  public static FrameFilter of(HttpServletRequest request) {
    return new FrameFilter(
        kinds(request.getParameter("kinds")),
        id(request, "agent"),
        id(request, "issue"),
        id(request, "task"));
  }

  private static Set<FrameKind> kinds(@Nullable String list) {
    if (list == null || list.isEmpty()) {
      return Set.of();
    }
    return Arrays.stream(list.split(",", -1))
        .map(FrameFilter::kind)
        .collect(Collectors.toUnmodifiableSet());
  }

  private static FrameKind kind(String name) {
    var kind = KINDS.get(name);
    if (kind == null) {
      throw Refused.invalid("kinds", "must be of " + String.join(", ", KINDS.keySet()));
    }
    return kind;
  }

  private static @Nullable UUID id(HttpServletRequest request, String name) {
    var value = request.getParameter(name);
    return value == null || value.isEmpty() ? null : Input.id(name, value);
  }

  public boolean passes(FrameSubject about) {
    if (about.kind() == FrameKind.SOCKET) {
      return true;
    }
    return (kinds.isEmpty() || kinds.contains(about.kind()))
        && (agent == null || agent.equals(about.agent()))
        && (issue == null || issue.equals(about.issue()))
        && (task == null || task.equals(about.task()));
  }
}
