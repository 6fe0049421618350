package dev.muster.api.attempt;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// The comments that a run is to answer, in Multica's words.
///
/// @param triggerCommentId the comment that set the agent to work; null with all that is said of it
///   if none did
/// @param triggerThreadId the comment its thread begins with
/// @param coalescedComments those that came while the task waited
/// @param newCommentCount how many others wrote on the issue since the agent's last run there began
/// @param newCommentsSince when that was
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record AskedComments(
    @Nullable UUID triggerCommentId,
    @Nullable String triggerCommentContent,
    @Nullable UUID triggerThreadId,
    @Nullable String triggerAuthorType,
    @Nullable String triggerAuthorName,
    List<UUID> coalescedCommentIds,
    List<Asked> coalescedComments,
    @Nullable Integer newCommentCount,
    @Nullable Instant newCommentsSince) {
  /// What their texts may have together, in characters.
  private static final int CONTENT_MAX = 512 * 1024;

  public AskedComments {
    coalescedCommentIds = List.copyOf(coalescedCommentIds);
    coalescedComments = List.copyOf(coalescedComments);
  }

  /// A comment that a run is to answer.
  public record Asked(
      UUID id,
      UUID threadId,
      String authorType,
      String authorName,
      String content,
      Instant createdAt) {}

  /// What the agent has not seen of the issue.
  record Unseen(int count, @Nullable Instant since) {}

  /// @param trigger the comment that set the agent to work
  /// @param others in the order in which they came; where they are too long together the texts of
  ///   the last are left out, and their ids stay
  static AskedComments of(@Nullable Asked trigger, List<Asked> others, Unseen unseen) {
    var content = trigger == null ? 0 : trigger.content().length();
    var whole = new java.util.ArrayList<Asked>();
    for (var other : others) {
      content += other.content().length();
      if (content <= CONTENT_MAX) {
        whole.add(other);
      }
    }
    var since = unseen.since();
    return new AskedComments(
        trigger == null ? null : trigger.id(),
        trigger == null ? null : trigger.content(),
        trigger == null ? null : trigger.threadId(),
        trigger == null ? null : trigger.authorType(),
        trigger == null ? null : trigger.authorName(),
        others.stream().map(Asked::id).toList(),
        whole,
        since == null ? null : unseen.count(),
        since);
  }
}
