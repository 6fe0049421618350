package dev.muster.api.skill;

import java.time.Instant;
import java.util.UUID;

/// A file of a skill, as clients see it.
record SkillFileView(
    UUID id, UUID skillId, String path, String content, Instant createdAt, Instant updatedAt) {

  SkillFileView withoutContent() {
    return new SkillFileView(id, skillId, path, "", createdAt, updatedAt);
  }
}
