package dev.muster.api.output;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.muster.events.id.TaskId;
import dev.muster.events.id.WorkspaceId;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// One word from a running task, and its wire form: CloudEvents 1.0, Kafka protocol binding, binary
/// mode, as the feed's events have it.
///
/// @param agent whose task it is; null if an older version told it
/// @param issue what the task is for; null if an older version told it
/// @param data a JSON object: `task_id`, `summary`, and `step` and `total` where they are not 0
public record Progress(
    WorkspaceId workspace, TaskId task, @Nullable UUID agent, @Nullable UUID issue, String data)
    implements Output {
  static final String TYPE = "dev.muster.task.progress";

  /// What a running task says at length; kept in Postgres too.
  static final String MESSAGES_TYPE = "dev.muster.task.messages";

  private static final String SOURCE_PREFIX = "/workspaces/";

  Map<String, byte[]> headers(String type, Instant time) {
    var headers = new LinkedHashMap<String, byte[]>();
    put(headers, "content-type", "application/json");
    put(headers, "ce_specversion", "1.0");
    put(headers, "ce_id", UUID.randomUUID().toString());
    put(headers, "ce_source", SOURCE_PREFIX + workspace);
    put(headers, "ce_type", type);
    put(headers, "ce_subject", task.toString());
    put(headers, "ce_time", time.toString());
    if (agent != null) {
      put(headers, "ce_agentid", agent.toString());
    }
    if (issue != null) {
      put(headers, "ce_issueid", issue.toString());
    }
    return headers;
  }

  /// Reads what a task says back from its record.
  ///
  /// @return empty if the record is of another type
  /// @throws IllegalArgumentException if a needed header is missing or not of its form
  static Optional<Output> decode(Function<String, byte @Nullable []> header, byte[] value) {
    var type = text(header, "ce_type");
    if (!type.equals(TYPE) && !type.equals(MESSAGES_TYPE)) {
      return Optional.empty();
    }
    var source = text(header, "ce_source");
    if (!source.startsWith(SOURCE_PREFIX)) {
      throw new IllegalArgumentException("ce_source is not a workspace");
    }
    var workspace = new WorkspaceId(UUID.fromString(source.substring(SOURCE_PREFIX.length())));
    var task = new TaskId(UUID.fromString(text(header, "ce_subject")));
    if (type.equals(MESSAGES_TYPE)) {
      return Optional.of(new Messages(workspace, task));
    }
    return Optional.of(
        new Progress(
            workspace,
            task,
            id(header, "ce_agentid"),
            id(header, "ce_issueid"),
            new String(value, UTF_8)));
  }

  private static @Nullable UUID id(Function<String, byte @Nullable []> header, String name) {
    return header.apply(name) == null ? null : UUID.fromString(text(header, name));
  }

  private static String text(Function<String, byte @Nullable []> header, String name) {
    var value = header.apply(name);
    if (value == null) {
      throw new IllegalArgumentException("record has no header " + name);
    }
    return new String(value, UTF_8);
  }

  private static void put(Map<String, byte[]> headers, String name, String value) {
    headers.put(name, value.getBytes(UTF_8));
  }
}
