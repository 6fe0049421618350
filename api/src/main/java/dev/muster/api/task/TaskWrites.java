package dev.muster.api.task;

import dev.muster.api.edge.Limits;
import dev.muster.api.edge.Refused;
import dev.muster.api.edge.StorableText;
import dev.muster.tasks.command.ReportAnswer;
import dev.muster.tasks.command.Said.LeftSession;
import dev.muster.tasks.command.TaskView;
import java.util.LinkedHashMap;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// What all writes of runtimes have in common on the wire.
public final class TaskWrites {
  static final String GENERATION = "Claim-Generation";

  private TaskWrites() {}

  /// The task as the write left it, or the refusal.
  ///
  /// @param verb what the writer wanted, in Multica's words
  static TaskView answer(String verb, ReportAnswer report) {
    return switch (report) {
      case ReportAnswer.Accepted(var task) -> task;
      case ReportAnswer.Late(var task) -> task;
      case ReportAnswer.Fenced(var task) -> throw fenced(task);
      case ReportAnswer.WrongState(var task) ->
          throw Refused.wrongState(verb + " task: no rows in result set", task.status());
      case ReportAnswer.Unknown() ->
          throw Refused.badRequest(verb + " task: no rows in result set");
      case ReportAnswer.Foreign() -> throw Refused.notFound("task not found");
    };
  }

  private static Refused fenced(TaskView task) {
    var holder = new LinkedHashMap<String, Object>();
    holder.put("current_generation", task.claimGeneration());
    holder.put("state", task.status());
    if (task.runtimeId() != null && !task.status().equals("queued")) {
      holder.put("runtime_id", task.runtimeId());
    }
    return Refused.fenced("the claim is over: the task has been given on", holder);
  }

  /// The claim a writer holds; null where it does not say.
  public static @Nullable Long generation(@Nullable String header) {
    return generation(GENERATION, header);
  }

  /// The same, where it is not said by the header.
  public static @Nullable Long generation(String field, @Nullable String text) {
    if (text == null || text.isBlank()) {
      return null;
    }
    try {
      return Long.valueOf(text.strip());
    } catch (NumberFormatException e) {
      throw Refused.invalid(field, "is not a number");
    }
  }

  static LeftSession session(@Nullable String id, @Nullable String workDir) {
    return new LeftSession(
        emptyAsNull(cut(id, Limits.NAME)), emptyAsNull(cut(workDir, Limits.PATH)));
  }

  /// A text that must not fail: what is too long is cut.
  static String cut(@Nullable String text, int max) {
    return StorableText.cut(Objects.requireNonNullElse(text, ""), max);
  }

  /// A text that must not fail: of what is too long the beginning and the end are kept.
  static String shorten(@Nullable String text, int max) {
    return StorableText.shorten(Objects.requireNonNullElse(text, ""), max);
  }

  private static @Nullable String emptyAsNull(String text) {
    return text.isEmpty() ? null : text;
  }
}
