package dev.muster.api.thread;

import dev.muster.api.edge.Input;
import dev.muster.api.edge.Refused;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Which of an issue's comments are wanted.
///
/// @param since those that were written later
/// @param thread those of the thread that this comment belongs to
/// @param tail so many of a thread's newest replies, and the comment that began it
/// @param recent those of so many threads in which something was said last
/// @param rootsOnly the comments that begin threads
/// @param summary with the beginnings of their texts
/// @param before where the page before this one ended
public record CommentQuery(
    @Nullable Instant since,
    @Nullable UUID thread,
    @Nullable Integer tail,
    @Nullable Integer recent,
    boolean rootsOnly,
    boolean summary,
    @Nullable Place before) {
  private static final int TAIL_MAX = 2_000;
  private static final int RECENT_MAX = 500;
  private static final String THREAD = "thread";
  private static final String RECENT = "recent";
  private static final String TAIL = "tail";
  private static final String SINCE = "since";
  private static final String BEFORE = "before";
  static final String NO_THREAD = "thread anchor not found in this issue";

  /// A place in the order of comments or threads.
  public record Place(Instant at, UUID id) {}

  /// What a request asks for; what contradicts itself is 400.
  public static CommentQuery of(HttpServletRequest request) {
    var query =
        new CommentQuery(
            time(request, SINCE),
            thread(request),
            number(request, TAIL, 0, TAIL_MAX),
            number(request, RECENT, 1, RECENT_MAX),
            flag(request, "roots_only"),
            flag(request, "summary"),
            place(request));
    query.requireSense(flag(request, "fold"));
    return query;
  }

  private void requireSense(boolean fold) {
    if (fold && (since != null || tail != null || rootsOnly)) {
      throw Refused.invalid("fold", "cannot be combined with since, tail or roots_only");
    }
    if (thread != null && recent != null) {
      throw Refused.invalid(THREAD, "cannot be combined with recent");
    }
    if (rootsOnly && (thread != null || recent != null)) {
      throw Refused.invalid("roots_only", "cannot be combined with thread or recent");
    }
    if (tail != null && thread == null) {
      throw Refused.invalid(TAIL, "needs thread");
    }
    if (before != null && recent == null && tail == null) {
      throw Refused.invalid(BEFORE, "needs recent, or thread and tail");
    }
  }

  /// Whether all comments are wanted, as they are.
  public boolean isPlain() {
    return since == null && thread == null && recent == null && !rootsOnly && !summary;
  }

  private static @Nullable String text(HttpServletRequest request, String name) {
    var text = request.getParameter(name);
    return text == null || text.isBlank() ? null : text.strip();
  }

  private static boolean flag(HttpServletRequest request, String name) {
    var text = text(request, name);
    if (text == null || text.equals("false") || text.equals("0")) {
      return false;
    }
    if (text.equals("true") || text.equals("1")) {
      return true;
    }
    throw Refused.invalid(name, "must be true or false");
  }

  private static @Nullable UUID thread(HttpServletRequest request) {
    var text = text(request, THREAD);
    return text == null
        ? null
        : Input.lenientId(text).orElseThrow(() -> Refused.notFound(NO_THREAD));
  }

  private static @Nullable Integer number(
      HttpServletRequest request, String name, int min, int max) {
    var text = text(request, name);
    if (text == null) {
      return null;
    }
    try {
      return Math.min(Input.between(name, Integer.parseInt(text), min, Integer.MAX_VALUE), max);
    } catch (NumberFormatException e) {
      throw Refused.invalid(name, "is not a number");
    }
  }

  private static @Nullable Instant time(HttpServletRequest request, String name) {
    var text = text(request, name);
    if (text == null) {
      return null;
    }
    // A plus that was not encoded has become a space.
    return Input.time(name, text.replace(' ', '+'));
  }

  private static @Nullable Place place(HttpServletRequest request) {
    var at = time(request, BEFORE);
    if (at == null) {
      return null;
    }
    return new Place(at, Input.id("before_id", text(request, "before_id")));
  }
}
