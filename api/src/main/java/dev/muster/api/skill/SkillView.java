package dev.muster.api.skill;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonRawValue;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// A skill, as clients see it.
///
/// @param files null where only the skill itself is shown
record SkillView(
    UUID id,
    UUID workspaceId,
    String name,
    String description,
    String content,
    @JsonRawValue String config,
    @Nullable UUID createdBy,
    Instant createdAt,
    Instant updatedAt,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable List<SkillFileView> files) {

  SkillView with(List<SkillFileView> all) {
    return new SkillView(
        id,
        workspaceId,
        name,
        description,
        content,
        config,
        createdBy,
        createdAt,
        updatedAt,
        List.copyOf(all));
  }
}
