package dev.muster.api.skill;

import dev.muster.api.access.Caller;
import dev.muster.api.edge.Input;
import dev.muster.api.edge.Limits;
import dev.muster.api.edge.Quotas;
import dev.muster.api.edge.Refused;
import dev.muster.api.storage.StorageQuota;
import dev.muster.events.EventType;
import dev.muster.events.feed.Outbox;
import dev.muster.events.id.WorkspaceId;
import dev.muster.events.storage.StoredBytes;
import java.util.Map;
import java.util.UUID;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;
import tools.jackson.databind.json.JsonMapper;

/// What can be done to skills and their files.
@Component
class Skills {
  private static final String NOT_FOUND = "skill not found";
  private static final String NAME_TAKEN = "a skill with this name already exists";

  private final SkillStore store;
  private final SkillFileStore files;
  private final Outbox outbox;
  private final JsonMapper json;
  private final Quotas quotas;
  private final StorageQuota storage;

  Skills(
      SkillStore store,
      SkillFileStore files,
      Outbox outbox,
      JsonMapper json,
      Quotas quotas,
      StorageQuota storage) {
    this.storage = storage;
    this.store = store;
    this.files = files;
    this.outbox = outbox;
    this.json = json;
    this.quotas = quotas;
  }

  /// The skill with its files, for a member of its workspace.
  SkillView find(Caller caller, String id) {
    var skill =
        Input.lenientId(id)
            .flatMap(known -> store.find(known, caller.workspaces()))
            .orElseThrow(() -> Refused.notFound(NOT_FOUND));
    return skill.with(files.list(skill.id()));
  }

  private SkillView administered(Caller caller, String id) {
    var skill = find(caller, id);
    caller.administers(new WorkspaceId(skill.workspaceId()), NOT_FOUND);
    return skill;
  }

  @Transactional
  public SkillView create(Caller caller, WorkspaceId workspace, SkillFields fields) {
    var name = Input.required("name", fields.name(), Limits.NAME);
    var contents = fields.contents();
    quotas.skills(store.count(workspace) + 1L);
    storage.make(workspace, fields.bytes());
    var skill =
        store
            .insert(workspace, caller.user(), name, fields)
            .orElseThrow(() -> Refused.conflict(NAME_TAKEN));
    files.write(skill, contents);
    requireShort(skill);
    return told(caller, skill, EventType.SKILL_CREATED);
  }

  @Transactional
  public SkillView update(Caller caller, String id, SkillFields fields) {
    var before = administered(caller, id);
    var skill = before.id();
    var name = fields.name() == null ? null : Input.required("name", fields.name(), Limits.NAME);
    var contents = fields.contents();
    storage.change(
        new WorkspaceId(before.workspaceId()), fields.bytesBefore(before), fields.bytes());
    try {
      store.update(skill, name, fields);
    } catch (DuplicateKeyException e) {
      throw Refused.conflict(NAME_TAKEN);
    }
    if (fields.files() != null) {
      files.deleteAll(skill);
      files.write(skill, contents);
    }
    requireShort(skill);
    return told(caller, skill, EventType.SKILL_UPDATED);
  }

  @Transactional
  public void delete(Caller caller, String id) {
    var skill = administered(caller, id);
    if (!store.delete(skill.id())) {
      throw Refused.notFound(NOT_FOUND);
    }
    outbox.append(
        new WorkspaceId(skill.workspaceId()),
        EventType.SKILL_DELETED,
        skill.id(),
        json.writeValueAsString(Map.of("skill_id", skill.id())));
  }

  @Transactional
  public SkillFileView writeFile(Caller caller, String id, SkillFields.FileFields file) {
    var before = administered(caller, id);
    var skill = before.id();
    var path = file.checkedPath();
    var content = file.checkedContent();
    storage.change(
        new WorkspaceId(before.workspaceId()), before.fileBytes(path), StoredBytes.of(content));
    store.touch(skill);
    files.write(skill, Map.of(path, content));
    if (files.count(skill) > SkillFields.FILES_MAX) {
      throw Refused.invalid("path", "would be one file more than the skill can have");
    }
    requireShort(skill);
    told(caller, skill, EventType.SKILL_UPDATED);
    return files.list(skill).stream()
        .filter(written -> written.path().equals(path))
        .findFirst()
        .orElseThrow(() -> Refused.notFound(NOT_FOUND));
  }

  @Transactional
  public void deleteFile(Caller caller, String id, String fileId) {
    var skill = administered(caller, id).id();
    store.touch(skill);
    if (!Input.lenientId(fileId).map(file -> files.delete(skill, file)).orElse(false)) {
      throw Refused.notFound("skill file not found");
    }
    told(caller, skill, EventType.SKILL_UPDATED);
  }

  /// Who gets the skill, or an agent that has it, gets it whole.
  private void requireShort(UUID skill) {
    if (store.isTooLong(skill)) {
      throw Refused.invalid(
          "content",
          "and the files would be longer together than a skill (%d bytes) or an agent's skills (%d bytes) can be"
              .formatted(Limits.SKILL_BYTES, Limits.AGENT_SKILLS_BYTES));
    }
  }

  /// The event leaves out what is in the files: together they may be more than a record can hold.
  private SkillView told(Caller caller, UUID id, EventType type) {
    var skill = find(caller, id.toString());
    var brief = skill.with(files.list(id).stream().map(SkillFileView::withoutContent).toList());
    outbox.append(
        new WorkspaceId(skill.workspaceId()),
        type,
        id,
        json.writeValueAsString(Map.of("skill", brief)));
    return skill;
  }
}
