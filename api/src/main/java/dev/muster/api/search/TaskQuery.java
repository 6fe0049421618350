package dev.muster.api.search;

import dev.muster.api.edge.Input;
import dev.muster.api.edge.Limits;
import dev.muster.api.edge.RowCursor;
import dev.muster.events.task.FailureReason;
import dev.muster.events.task.TaskState;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Which tasks a list shows, and from where on; null leaves a condition out.
///
/// @param priority its weight in the queue
/// @param text an id, the first eight or more letters of one, an issue's identifier, or words of a
///   title
/// @param byEnd only what is over, with what ended last first; otherwise the newest first
/// @param after the last row of the page before
record TaskQuery(
    @Nullable TaskState status,
    @Nullable UUID agent,
    @Nullable UUID runtime,
    @Nullable UUID issue,
    @Nullable UUID schedule,
    @Nullable Integer priority,
    @Nullable FailureReason reason,
    @Nullable String text,
    Created created,
    boolean byEnd,
    @Nullable RowCursor after) {
  /// When a task was made: from one moment on, and before another.
  record Created(@Nullable OffsetDateTime from, @Nullable OffsetDateTime before) {
    static final Created ANY_TIME = new Created(null, null);
  }

  /// All tasks in a state, or all.
  static TaskQuery in(@Nullable TaskState state) {
    return new TaskQuery(
        state, null, null, null, null, null, null, null, Created.ANY_TIME, false, null);
  }

  /// The query of a request; an empty parameter counts as absent.
  static TaskQuery of(HttpServletRequest request) {
    var status = given(request, "status");
    var priority = given(request, "priority");
    var cursor = given(request, "cursor");
    var sort = given(request, "sort");
    var reason = given(request, "failure_reason");
    var byEnd =
        sort != null
            && Input.oneOf("sort", sort, List.of("created", "finished")).equals("finished");
    return new TaskQuery(
        status == null ? null : state(status),
        id(request, "agent_id"),
        id(request, "runtime_id"),
        id(request, "issue_id"),
        id(request, "schedule_id"),
        priority == null ? null : Input.priority(priority).weight(),
        reason == null ? null : reason(reason),
        text(given(request, "q")),
        new Created(instant(request, "created_after"), instant(request, "created_before")),
        byEnd,
        order(byEnd).parse(cursor));
  }

  /// Where the list goes on after a row.
  String cursor(Instant at, UUID id) {
    return order(byEnd).cursor(at, id);
  }

  private static RowCursor.Order order(boolean byEnd) {
    return byEnd ? RowCursor.Order.TASKS_BY_END : RowCursor.Order.TASKS;
  }

  private static @Nullable String given(HttpServletRequest request, String name) {
    var value = request.getParameter(name);
    return value == null || value.isEmpty() ? null : value;
  }

  private static @Nullable UUID id(HttpServletRequest request, String name) {
    var value = given(request, name);
    return value == null ? null : Input.id(name, value);
  }

  private static @Nullable String text(@Nullable String value) {
    var text = Input.optional("q", value == null ? null : value.strip(), Limits.PROVIDER);
    return text == null || text.isEmpty() ? null : text;
  }

  private static TaskState state(String status) {
    var wire =
        Input.oneOf(
            "status", status, Arrays.stream(TaskState.values()).map(TaskState::wire).toList());
    return TaskState.of(wire);
  }

  private static FailureReason reason(String word) {
    var words = Arrays.stream(FailureReason.values()).map(FailureReason::wire).toList();
    return FailureReason.of(Input.oneOf("failure_reason", word, words)).orElseThrow();
  }

  private static @Nullable OffsetDateTime instant(HttpServletRequest request, String name) {
    var value = given(request, name);
    if (value == null) {
      return null;
    }
    return Input.time(name, value).atOffset(ZoneOffset.UTC);
  }
}
