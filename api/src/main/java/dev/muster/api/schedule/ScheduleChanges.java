package dev.muster.api.schedule;

import dev.muster.api.access.Caller;
import dev.muster.api.access.Role;
import dev.muster.api.access.WorkspaceAccess;
import dev.muster.api.agent.SelectorAgents;
import dev.muster.api.edge.Input;
import dev.muster.api.edge.Quotas;
import dev.muster.api.edge.Refused;
import dev.muster.api.storage.StorageQuota;
import dev.muster.events.EventType;
import dev.muster.events.id.AgentId;
import dev.muster.events.id.ScheduleId;
import dev.muster.events.id.WorkspaceId;
import dev.muster.events.storage.StoredBytes;
import dev.muster.tasks.schedule.RunAnswer;
import dev.muster.tasks.schedule.Schedule;
import dev.muster.tasks.schedule.ScheduleEvents;
import dev.muster.tasks.schedule.Schedules;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/// What can be done to schedules. All members see them and make their own; whoever made one, owners
/// and admins change it.
@Component
class ScheduleChanges {
  private final ScheduleStore store;
  private final Schedules schedules;
  private final ScheduleEvents events;
  private final SelectorAgents agents;
  private final Quotas quotas;
  private final StorageQuota storage;

  ScheduleChanges(
      ScheduleStore store,
      Schedules schedules,
      ScheduleEvents events,
      SelectorAgents agents,
      Quotas quotas,
      StorageQuota storage) {
    this.storage = storage;
    this.store = store;
    this.schedules = schedules;
    this.events = events;
    this.agents = agents;
    this.quotas = quotas;
  }

  Schedule find(Caller caller, String id) {
    return store.find(caller, Input.id("id", id)).orElseThrow(ScheduleChanges::notFound);
  }

  private static Refused notFound() {
    return Refused.notFound("schedule not found");
  }

  /// The schedule with its row locked, if the caller may change it.
  private Schedule locked(Caller caller, String id) {
    var found = find(caller, id);
    var administers =
        caller.role(new WorkspaceId(found.workspaceId())).map(Role::isOwnerOrAdmin).orElse(false);
    if (!administers && !caller.user().value().equals(found.createdBy())) {
      throw Refused.forbidden("only whoever made the schedule, owners and admins may do this");
    }
    return store.lock(found.scheduleId()).orElseThrow(ScheduleChanges::notFound);
  }

  @Transactional
  public Schedule create(WorkspaceAccess access, ScheduleFields fields) {
    var now = store.now();
    var checked = fields.asNew();
    var when = When.of(fields, null, now);
    quotas.schedules(store.count(access.workspace()) + 1L);
    storage.make(access.workspace(), StoredBytes.of(checked.title(), checked.prompt()));
    var agent = agent(access, fields);
    var due = when.recurrence().next(now).orElse(null);
    var written = new ScheduleStore.Written(agent, checked, when, due, actedOn(due, when, checked));
    var made = store.insert(access.workspace(), access.caller().user().value(), written);
    return told(access.caller(), made, EventType.SCHEDULE_CREATED);
  }

  private AgentId agent(WorkspaceAccess access, ScheduleFields fields) {
    var selects = SelectorAgents.selects(fields.provider(), fields.labels());
    if (isGiven(fields.agentId())) {
      if (selects) {
        throw Refused.invalid("agent_id", "cannot be combined with provider or labels");
      }
      return agents.require(
          access.caller(), access.workspace(), Input.id("agent_id", fields.agentId()));
    }
    if (!selects) {
      throw Refused.invalid("agent_id", "is required, or else provider or labels");
    }
    return agents.forSelector(access, fields.provider(), fields.labels());
  }

  private static boolean isGiven(@Nullable String text) {
    return text != null && !text.isEmpty();
  }

  private static @Nullable Instant actedOn(
      @Nullable Instant due, When when, ScheduleFields.Checked fields) {
    return due == null ? null : Schedule.actedOn(due, when.recurrence(), fields.jitterSeconds());
  }

  /// What was due before and what is due after a change are the same, unless that changes when it
  /// is due.
  @Transactional
  public Schedule update(Caller caller, String id, ScheduleFields fields) {
    var before = locked(caller, id);
    var now = store.now();
    var checked = fields.over(before);
    var when = When.of(fields, before, now);
    storage.change(
        new WorkspaceId(before.workspaceId()),
        StoredBytes.of(before.title(), before.prompt()),
        StoredBytes.of(checked.title(), checked.prompt()));
    var agent =
        fields.namesAgent() ? newAgent(caller, before, fields) : new AgentId(before.agentId());
    var due = before.dueAt();
    var actedOn = before.nextRunAt();
    if (!before.paused()
        && (when.differsFrom(before) || checked.jitterSeconds() != before.jitterSeconds())) {
      due = when.differsFrom(before) ? when.recurrence().next(now).orElse(null) : due;
      actedOn = actedOn(due, when, checked);
    }
    store.update(
        before.scheduleId(), new ScheduleStore.Written(agent, checked, when, due, actedOn));
    return told(caller, before.scheduleId(), EventType.SCHEDULE_UPDATED);
  }

  private AgentId newAgent(Caller caller, Schedule before, ScheduleFields fields) {
    var workspace = new WorkspaceId(before.workspaceId());
    var role = caller.memberOf(workspace, "schedule not found");
    var agent = agent(new WorkspaceAccess(caller, workspace, role), fields);
    if (!store.isAgentFor(before, agent)) {
      throw Refused.invalid("agent_id", "takes no work from whoever made the schedule");
    }
    return agent;
  }

  /// Its tasks stay.
  @Transactional
  public void delete(Caller caller, String id) {
    var schedule = locked(caller, id).scheduleId();
    events.changed(schedule, EventType.SCHEDULE_DELETED, null);
    store.delete(schedule);
  }

  /// Nothing is due while it is paused, so nothing of that time is missed.
  @Transactional
  public Schedule pause(Caller caller, String id) {
    var before = locked(caller, id);
    if (before.paused()) {
      return before;
    }
    store.setDue(before.scheduleId(), null, null);
    return told(caller, before.scheduleId(), EventType.SCHEDULE_PAUSED);
  }

  @Transactional
  public Schedule resume(Caller caller, String id) {
    var before = locked(caller, id);
    if (!before.paused()) {
      return before;
    }
    storage.touch(new WorkspaceId(before.workspaceId()));
    var recurrence = before.recurrence();
    var due =
        recurrence
            .next(store.now())
            .orElseThrow(() ->
                Refused.conflict(
                    "its time has passed: give it another one with at, or run it now"));
    store.setDue(
        before.scheduleId(), due, Schedule.actedOn(due, recurrence, before.jitterSeconds()));
    return told(caller, before.scheduleId(), EventType.SCHEDULE_RESUMED);
  }

  /// A run that somebody has asked for.
  record Ran(UUID taskId, ScheduleView schedule) {}

  /// Runs it now, as it would run if it were due, paused or not.
  @Transactional
  public Ran run(Caller caller, String id) {
    var schedule = locked(caller, id);
    storage.requireRoom(new WorkspaceId(schedule.workspaceId()));
    return switch (schedules.runNow(schedule, caller.user())) {
      case RunAnswer.Made(var task) -> new Ran(task.value(), ScheduleView.of(find(caller, id)));
      case RunAnswer.Refused(var reason, var open) -> {
        var members = new LinkedHashMap<String, Object>();
        members.put("reason", reason.wire());
        if (open != null) {
          members.put("task_id", open.value());
        }
        throw Refused.conflict(reason.sentence(), members);
      }
    };
  }

  private Schedule told(Caller caller, ScheduleId schedule, EventType type) {
    events.changed(schedule, type, null);
    return store.find(caller, schedule.value()).orElseThrow(ScheduleChanges::notFound);
  }
}
