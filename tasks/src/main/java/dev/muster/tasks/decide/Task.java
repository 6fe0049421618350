package dev.muster.tasks.decide;

import dev.muster.events.id.AgentId;
import dev.muster.events.id.IssueId;
import dev.muster.events.id.RuntimeId;
import dev.muster.events.id.ScheduleId;
import dev.muster.events.id.TaskId;
import dev.muster.events.id.WorkspaceId;
import dev.muster.events.task.DeadlineReason;
import dev.muster.events.task.FailureReason;
import dev.muster.events.task.Standing;
import dev.muster.events.task.TaskState;
import dev.muster.tasks.command.Limits;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// A task's row. Immutable: each transition, in [Transitions], makes another one.
///
/// @param generation the fencing token of the last claim; 0 before the first
/// @param seq of its last event
/// @param comments the comments its run will answer
/// @param parent the task it was redriven from
public record Task(
    TaskId id,
    WorkspaceId workspace,
    AgentId agent,
    IssueId issue,
    Instant createdAt,
    @Nullable TaskId parent,
    Needs needs,
    Terms terms,
    TaskState state,
    int attempt,
    long generation,
    long seq,
    Place place,
    Lease lease,
    @Nullable Deadline deadline,
    Session session,
    End end,
    List<UUID> comments) {
  public Task {
    comments = List.copyOf(comments);
  }

  /// What a runtime must offer.
  ///
  /// @param pinned whether the agent names its runtime, so that there is nothing to choose
  /// @param labels a JSON object as text
  public record Needs(boolean pinned, @Nullable String provider, String labels) {}

  /// How it is to be run, as whoever made it said.
  ///
  /// @param own the limits that the task itself has
  /// @param ofAgent those that its agent had when it was made
  /// @param expiresAt until when it may be queued; null for as long as it takes
  /// @param schedule whose run it is, or is another run of; null for what somebody asked for
  public record Terms(
      int priority,
      int maxAttempts,
      Limits own,
      Limits ofAgent,
      @Nullable String concurrencyKey,
      @Nullable Instant expiresAt,
      @Nullable ScheduleId schedule) {
    /// Those that count.
    public Limits limits() {
      return own.or(ofAgent);
    }
  }

  /// Its place in the queue.
  ///
  /// @param runtime the runtime that alone may claim it; null until one is assigned
  /// @param ready whether it may be claimed; false until `runAfter`
  /// @param rankAt what its agent's queue is ordered by, see [QueueOrder]
  public record Place(
      @Nullable RuntimeId runtime,
      boolean ready,
      Instant rankAt,
      @Nullable Instant runAfter,
      Instant queuedAt,
      @Nullable Instant assignedAt) {}

  /// The times of its current claim, or of its last one if it has ended.
  ///
  /// @param deliveredAt when the claim was last answered
  /// @param cancelRequestedAt when somebody asked for the end of the run
  public record Lease(
      @Nullable Instant dispatchedAt,
      @Nullable Instant deliveredAt,
      @Nullable Instant startedAt,
      @Nullable Instant cancelRequestedAt) {
    static final Lease NONE = new Lease(null, null, null, null);
  }

  /// When its state has lasted long enough, and what that means.
  public record Deadline(Instant at, DeadlineReason reason) {
    static @Nullable Deadline expiry(@Nullable Instant at) {
      return at == null ? null : new Deadline(at, DeadlineReason.EXPIRED);
    }
  }

  /// Where another run can go on.
  ///
  /// @param runtime the runtime that session and directory belong to
  public record Session(
      @Nullable String id, @Nullable String workDir, @Nullable RuntimeId runtime) {
    static final Session NONE = new Session(null, null, null);
  }

  /// How it ended. Of a queued task, `reason` says what became of the attempt before.
  ///
  /// @param result what the runtime reported, a JSON object
  /// @param redrivenBy the task that took its place
  public record End(
      @Nullable Instant at,
      @Nullable String result,
      @Nullable String error,
      @Nullable FailureReason reason,
      @Nullable TaskId redrivenBy) {
    static final End NONE = new End(null, null, null, null, null);
  }

  /// Where the task stands for the next command.
  public Standing standing() {
    return new Standing(state, isCancelRequested(), attempt < terms.maxAttempts, isTakenBack());
  }

  public boolean isCancelRequested() {
    return state == TaskState.RUNNING && lease.cancelRequestedAt != null;
  }

  private boolean isTakenBack() {
    return state == TaskState.QUEUED && end.reason != null && end.reason.mayStillEnd();
  }

  public boolean isActive() {
    return state == TaskState.DISPATCHED || state == TaskState.RUNNING;
  }

  /// Whether the runtime may claim it.
  public boolean isClaimableBy(RuntimeId runtime) {
    return state == TaskState.QUEUED && place.ready && runtime.equals(place.runtime);
  }

  Task with(TaskState to) {
    return moved(to, attempt, generation, seq, place, lease, deadline, session, end, comments);
  }

  Task withAttempt(int to) {
    return moved(state, to, generation, seq, place, lease, deadline, session, end, comments);
  }

  Task withGeneration(long to) {
    return moved(state, attempt, to, seq, place, lease, deadline, session, end, comments);
  }

  /// The same with its next event.
  Task withNextSeq() {
    var next = seq + 1;
    return moved(state, attempt, generation, next, place, lease, deadline, session, end, comments);
  }

  Task with(Place to) {
    return moved(state, attempt, generation, seq, to, lease, deadline, session, end, comments);
  }

  Task with(Lease to) {
    return moved(state, attempt, generation, seq, place, to, deadline, session, end, comments);
  }

  Task withDeadline(@Nullable Deadline to) {
    return moved(state, attempt, generation, seq, place, lease, to, session, end, comments);
  }

  Task with(Session to) {
    return moved(state, attempt, generation, seq, place, lease, deadline, to, end, comments);
  }

  Task with(End to) {
    return moved(state, attempt, generation, seq, place, lease, deadline, session, to, comments);
  }

  Task withComments(List<UUID> to) {
    return moved(state, attempt, generation, seq, place, lease, deadline, session, end, to);
  }

  /// The same task, with what changes of a task in its life.
  private Task moved(
      TaskState newState,
      int newAttempt,
      long newGeneration,
      long newSeq,
      Place newPlace,
      Lease newLease,
      @Nullable Deadline newDeadline,
      Session newSession,
      End newEnd,
      List<UUID> newComments) {
    return new Task(
        id,
        workspace,
        agent,
        issue,
        createdAt,
        parent,
        needs,
        terms,
        newState,
        newAttempt,
        newGeneration,
        newSeq,
        newPlace,
        newLease,
        newDeadline,
        newSession,
        newEnd,
        newComments);
  }
}
