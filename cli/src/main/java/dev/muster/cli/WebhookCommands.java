package dev.muster.cli;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

@Command(
    name = "webhook",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    description = "Makes, edits and looks after webhooks, which send events to your servers.")
final class WebhookCommands {
  private static final String WEBHOOK = "name or id";
  private static final int LISTED_MAX = 500;

  private final Context context;

  WebhookCommands(Context context) {
    this.context = context;
  }

  @Command(
      name = "create",
      mixinStandardHelpOptions = true,
      description = "Makes a webhook, and prints its secret: it is shown this once.",
      footer = {
        "",
        "Examples:",
        "  muster webhook create CI --url https://ci.example.com/muster --event task.failed",
        "  muster webhook create Mirror --url https://example.com/events --event '*'"
      })
  int create(
      @Mixin At at,
      @Parameters(paramLabel = "NAME") String name,
      @Option(
              names = "--url",
              paramLabel = "URL",
              required = true,
              description = "where events are sent to")
          String url,
      @Option(
              names = "--event",
              paramLabel = "EVENT",
              required = true,
              description = "an event's name, task.* for a family, * for all; may be repeated")
          List<String> events) {
    try (var session = at.open(context)) {
      var path = "/api/webhooks?workspace_id=" + session.workspace();
      var body = Session.body("name", name, "url", url, "events", events);
      showSecret(session, session.rest().post(path, body));
    }
    return 0;
  }

  private void showSecret(Session session, JsonNode made) {
    switch (session.format()) {
      case json -> session.show(made);
      case table -> context.out().println(Table.member(made, "secret"));
    }
  }

  @Command(
      name = "list",
      mixinStandardHelpOptions = true,
      description = "Lists your webhooks; all of the workspace if you administer it.")
  int list(@Mixin At at) {
    try (var session = at.open(context)) {
      session.show(
          new Table()
              .column("NAME", "name")
              .column("URL", "url")
              .column("EVENTS", "events")
              .column("ENABLED", "enabled")
              .column("BEHIND", "behind")
              .column("WAITING", "waiting")
              .column("FAILED", "failed")
              .column("LAST ERROR", "last_error")
              .column("ID", "id"),
          all(session));
    }
    return 0;
  }

  @Command(name = "show", mixinStandardHelpOptions = true, description = "Shows a webhook.")
  int show(
      @Mixin At at, @Parameters(paramLabel = "WEBHOOK", description = WEBHOOK) String webhook) {
    try (var session = at.open(context)) {
      show(session, session.rest().get(path(find(session, webhook))));
    }
    return 0;
  }

  @Command(
      name = "edit",
      mixinStandardHelpOptions = true,
      description = "Changes what is named, and sends again what was not taken.")
  int edit(
      @Mixin At at,
      @Parameters(paramLabel = "WEBHOOK", description = WEBHOOK) String webhook,
      @Option(names = "--name", paramLabel = "NAME", description = "its new name")
          @Nullable String name,
      @Option(names = "--url", paramLabel = "URL", description = "where events are sent to")
          @Nullable String url,
      @Option(
              names = "--event",
              paramLabel = "EVENT",
              description = "the events instead of those before; may be repeated")
          @Nullable List<String> events) {
    try (var session = at.open(context)) {
      var body = Session.body("name", name, "url", url, "events", events);
      show(session, session.rest().patch(path(find(session, webhook)), body));
    }
    return 0;
  }

  @Command(
      name = "enable",
      mixinStandardHelpOptions = true,
      description = "Goes on from where the webhook stood when it was switched off.")
  int enable(
      @Mixin At at, @Parameters(paramLabel = "WEBHOOK", description = WEBHOOK) String webhook) {
    return switchTo(at, webhook, true);
  }

  @Command(name = "disable", mixinStandardHelpOptions = true, description = "Sends nothing more.")
  int disable(
      @Mixin At at, @Parameters(paramLabel = "WEBHOOK", description = WEBHOOK) String webhook) {
    return switchTo(at, webhook, false);
  }

  private int switchTo(At at, String webhook, boolean enabled) {
    try (var session = at.open(context)) {
      show(session, session.rest().patch(path(find(session, webhook)), Map.of("enabled", enabled)));
    }
    return 0;
  }

  @Command(
      name = "rotate",
      mixinStandardHelpOptions = true,
      description = "Makes a new secret and prints it. The old one is good for another while.")
  int rotate(
      @Mixin At at,
      @Parameters(paramLabel = "WEBHOOK", description = WEBHOOK) String webhook,
      @Option(
              names = "--keep",
              paramLabel = "SECONDS",
              description = "how long the old one is good, too (default: 86400)")
          @Nullable Integer seconds) {
    try (var session = at.open(context)) {
      var path = path(find(session, webhook)) + "/rotate";
      showSecret(session, session.rest().post(path, Session.body("keep_seconds", seconds)));
    }
    return 0;
  }

  @Command(
      name = "deliveries",
      mixinStandardHelpOptions = true,
      description = "Lists what was not taken: what waits to be sent again, and what was given up.")
  int deliveries(
      @Mixin At at, @Parameters(paramLabel = "WEBHOOK", description = WEBHOOK) String webhook) {
    try (var session = at.open(context)) {
      session.show(
          new Table()
              .column("POSITION", "position")
              .column("EVENT", "type")
              .column("SUBJECT", "subject")
              .column("STATE", "state")
              .column("ATTEMPTS", "attempts")
              .column("NEXT", "next_at")
              .column("LAST ERROR", "last_error"),
          Session.items(session.rest().get(path(find(session, webhook)) + "/deliveries")));
    }
    return 0;
  }

  @Command(
      name = "redrive",
      mixinStandardHelpOptions = true,
      description = "Sends again what was given up, and prints how many events that are.")
  int redrive(
      @Mixin At at, @Parameters(paramLabel = "WEBHOOK", description = WEBHOOK) String webhook) {
    try (var session = at.open(context)) {
      var answer = session.rest().post(path(find(session, webhook)) + "/redrive", Map.of());
      switch (session.format()) {
        case json -> session.show(answer);
        case table -> context.out().println(Table.member(answer, "redriven"));
      }
    }
    return 0;
  }

  @Command(name = "delete", mixinStandardHelpOptions = true, description = "Deletes a webhook.")
  int delete(
      @Mixin At at, @Parameters(paramLabel = "WEBHOOK", description = WEBHOOK) String webhook) {
    try (var session = at.open(context)) {
      var found = find(session, webhook);
      var _ = session.rest().delete(path(found));
      context.note("Deleted " + Table.member(found, "name") + ".");
    }
    return 0;
  }

  private static List<JsonNode> all(Session session) {
    var query = Map.of("workspace_id", session.workspace(), "limit", LISTED_MAX);
    return session.rest().all("/api/webhooks" + Session.query(query));
  }

  private static JsonNode find(Session session, String webhook) {
    return Session.named("webhook", all(session), webhook, List.of("id", "name"));
  }

  private static String path(JsonNode webhook) {
    return "/api/webhooks/" + Table.member(webhook, "id");
  }

  private static void show(Session session, JsonNode webhook) {
    session.show(
        webhook,
        "id",
        "name",
        "url",
        "events",
        "enabled",
        "disabled_reason",
        "behind",
        "waiting",
        "failed",
        "retry_at",
        "delivered",
        "failing_since",
        "last_delivered_at",
        "last_status",
        "last_error");
  }
}
