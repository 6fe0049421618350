package dev.muster.api.webhook;

import dev.muster.api.edge.Input;
import dev.muster.api.edge.Limits;
import dev.muster.api.edge.Refused;
import dev.muster.events.EventType;
import dev.muster.events.webhook.Target;
import dev.muster.events.webhook.Targets;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// What a client may say about a webhook. On a change, null leaves a field as it is.
///
/// @param events names of events, `task.*` for a family, `*` for all
record WebhookFields(
    @Nullable String name,
    @Nullable String url,
    @Nullable List<String> events,
    @Nullable Boolean enabled) {
  private static final int EVENTS_MAX = 100;

  private static final Set<String> PATTERNS =
      Stream.of(
              Stream.of("*"),
              Arrays.stream(EventType.values()).map(EventType::wire),
              Arrays.stream(EventType.values())
                  .map(type -> type.wire().substring(0, type.wire().indexOf('.')) + ".*"))
          .flatMap(names -> names)
          .collect(Collectors.toUnmodifiableSet());

  /// What is written of a webhook.
  record Checked(String name, String url, List<String> events, boolean enabled) {}

  /// Looks up where the address leads, so this is no part of a transaction.
  Checked asNew(Targets targets) {
    return new Checked(
        Input.required("name", name, Limits.NAME),
        checkedUrl(Input.required("url", url, Targets.URL_MAX), targets),
        checkedEvents(events),
        enabled == null || enabled);
  }

  Checked over(WebhookView before, Targets targets) {
    return new Checked(
        name == null ? before.name() : Input.required("name", name, Limits.NAME),
        url == null
            ? before.url()
            : checkedUrl(Input.required("url", url, Targets.URL_MAX), targets),
        events == null ? before.events() : checkedEvents(events),
        enabled == null ? before.enabled() : enabled);
  }

  private static String checkedUrl(String url, Targets targets) {
    return switch (targets.check(url)) {
      case Target.Good(var good) -> good.toString();
      case Target.Wrong(var reason) -> throw Refused.invalid("url", reason);
    };
  }

  private static List<String> checkedEvents(@Nullable List<String> events) {
    var given = Input.list("events", events, EVENTS_MAX);
    if (given.isEmpty()) {
      throw Refused.invalid(
          "events", "is required: *, or a list as [\"task.*\", \"agent.created\"]");
    }
    given.stream()
        .map(String::valueOf)
        .filter(pattern -> !PATTERNS.contains(pattern))
        .findFirst()
        .ifPresent(unknown -> {
          throw Refused.invalid(
              "events",
              "has '%s', which is no event, no family of events as task.*, and not *"
                  .formatted(unknown));
        });
    return given.stream().distinct().toList();
  }
}
