package dev.muster.cli;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// A Muster as somebody sees it who has signed in.
///
/// @param wanted slug, id or name of a workspace
record Session(Rest rest, Optional<String> wanted, At.Format format, Context context)
    implements AutoCloseable {
  private static final Pattern ID =
      Pattern.compile("(?i)[0-9a-f]{8}(-?[0-9a-f]{4}){3}-?[0-9a-f]{12}");
  private static final Pattern START_OF_ID = Pattern.compile("(?i)[0-9a-f]{8}[0-9a-f-]{0,27}");
  private static final Pattern IDENTIFIER = Pattern.compile(".+-\\d{1,9}");
  private static final Duration PATIENCE = Duration.ofMinutes(5);
  private static final Duration ASK_AGAIN = Duration.ofSeconds(3);

  /// The id of the workspace that a command is about.
  String workspace() {
    if (wanted.isPresent()) {
      return Table.member(workspaceOf(wanted.get()), "id");
    }
    var all = rest.all("/api/workspaces");
    return switch (all.size()) {
      case 0 ->
          throw new Failure(
              Failure.NOT_FOUND,
              "There is no workspace yet. Make one with: muster workspace create NAME");
      case 1 -> Table.member(all.getFirst(), "id");
      default ->
          throw new Failure(
              Failure.REFUSED,
              "Which workspace? Name one with -w, or choose one with: muster workspace use "
                  + all.stream()
                      .map(one -> Table.member(one, "slug"))
                      .collect(Collectors.joining("|")));
    };
  }

  /// A workspace by its id, slug or name.
  JsonNode workspaceOf(String name) {
    var all = rest.all("/api/workspaces");
    return named("workspace", all, name, List.of("id", "slug", "name"));
  }

  /// An agent by its id or name.
  JsonNode agent(String workspace, String name) {
    return named("agent", list("/api/agents", workspace), name, List.of("id", "name"));
  }

  /// A runtime by its id or name.
  JsonNode runtime(String workspace, String name) {
    return named("runtime", list("/api/runtimes", workspace), name, List.of("id", "name"));
  }

  /// The id of a task by its id, the beginning of it, or its issue's identifier; of several tasks
  /// of an issue the newest.
  String task(String name) {
    if (ID.matcher(name).matches()) {
      return name;
    }
    var _ = encoded(name);
    var issue = IDENTIFIER.matcher(name).matches() ? issue(name) : Optional.<String>empty();
    if (issue.isEmpty() && !START_OF_ID.matcher(name).matches()) {
      throw new Failure(
          Failure.NOT_FOUND,
          "There is no task %s: use its id, or its issue's identifier.".formatted(name));
    }
    var found =
        items(rest.get("/api/tasks" + query(Map.of("workspace_id", workspace(), "q", name))));
    var meant =
        found.stream()
            .filter(one ->
                issue
                    .map(id -> Table.member(one, "issue_id").equals(id))
                    .orElseGet(
                        () -> Table.member(one, "id").startsWith(name.toLowerCase(Locale.ROOT))))
            .map(one -> Table.member(one, "id"))
            .toList();
    if (meant.isEmpty()) {
      throw new Failure(Failure.NOT_FOUND, "There is no task %s.".formatted(name));
    }
    if (issue.isEmpty() && meant.size() > 1) {
      throw new Failure(Failure.REFUSED, "%d tasks begin with %s.".formatted(meant.size(), name));
    }
    return meant.getFirst();
  }

  private Optional<String> issue(String identifier) {
    try {
      var path = "/api/issues/" + encoded(identifier);
      return Optional.of(
          Table.member(rest.get(path + query(Map.of("workspace_id", workspace()))), "id"));
    } catch (Failure failure) {
      if (failure.code() != Failure.NOT_FOUND) {
        throw failure;
      }
      return Optional.empty();
    }
  }

  List<JsonNode> list(String path, String workspace) {
    return rest.all(path + query(Map.of("workspace_id", workspace)));
  }

  /// One of several by a member, the first of which that fits counts: written exactly like that, or
  /// else in other letters, small or capital.
  static JsonNode named(String what, List<JsonNode> all, String name, List<String> members) {
    for (var member : members) {
      var alike =
          all.stream().filter(one -> Table.member(one, member).equalsIgnoreCase(name)).toList();
      var same = alike.stream().filter(one -> Table.member(one, member).equals(name)).toList();
      var found = same.isEmpty() ? alike : same;
      if (found.size() > 1) {
        throw new Failure(
            Failure.REFUSED,
            "There are %d of the name %s: use an id.".formatted(found.size(), name));
      }
      if (!found.isEmpty()) {
        return found.getFirst();
      }
    }
    throw new Failure(Failure.NOT_FOUND, "There is no %s %s.".formatted(what, name));
  }

  /// The elements of a list, whichever shape it has.
  static List<JsonNode> items(JsonNode answer) {
    if (answer.isArray()) {
      return answer.valueStream().toList();
    }
    return answer
        .valueStream()
        .filter(JsonNode::isArray)
        .findFirst()
        .map(array -> array.valueStream().toList())
        .orElse(List.of());
  }

  /// Reads again what was read before, for a command that follows: a server that is updated is away
  /// for a while, and whoever gave up then might have the same work done twice.
  JsonNode again(String path) {
    var until = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      try {
        return rest.get(path);
      } catch (Failure failure) {
        if (failure.code() != Failure.NO_ANSWER || System.nanoTime() - until > 0) {
          throw failure;
        }
        context.note(failure.sentence() + " (trying again)");
        context.pause(ASK_AGAIN);
      }
    }
  }

  static String query(Map<String, ?> parameters) {
    var query =
        parameters.entrySet().stream()
            .map(entry -> entry.getKey() + "=" + encoded(entry.getValue().toString()))
            .collect(Collectors.joining("&"));
    return query.isEmpty() ? "" : "?" + query;
  }

  static String encoded(String text) {
    if (text.isBlank()) {
      throw new Failure(Failure.REFUSED, "A name or id is empty.");
    }
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  /// Shows rows.
  void show(Table table, List<JsonNode> rows) {
    switch (format) {
      case json -> json(Rest.JSON.createArrayNode().addAll(rows));
      case table -> table.print(rows, context.out());
    }
  }

  /// Shows one thing: its members one below the other.
  void show(JsonNode thing, String... members) {
    switch (format) {
      case json -> json(thing);
      case table -> {
        var width = List.of(members).stream().mapToInt(String::length).max().orElse(0);
        for (var member : members) {
          context
              .out()
              .println(
                  "%s%s  %s"
                      .formatted(
                          member,
                          " ".repeat(width - member.length()),
                          TerminalText.line(Table.member(thing, member))));
        }
      }
    }
  }

  private void json(JsonNode answer) {
    context.out().println(Rest.JSON.writerWithDefaultPrettyPrinter().writeValueAsString(answer));
  }

  /// A body of what was given.
  static Map<String, Object> body(@Nullable Object... namesAndValues) {
    var body = new LinkedHashMap<String, Object>();
    for (var i = 0; i < namesAndValues.length; i += 2) {
      var value = namesAndValues[i + 1];
      if (value != null) {
        body.put(String.valueOf(namesAndValues[i]), value);
      }
    }
    return body;
  }

  @Override
  public void close() {
    rest.close();
  }
}
