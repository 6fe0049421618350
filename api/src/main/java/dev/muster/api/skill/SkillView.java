package dev.muster.api.skill;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonRawValue;
import dev.muster.events.storage.StoredBytes;
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

  /// How many bytes the file has; 0 if there is none.
  long fileBytes(String path) {
    return files == null
        ? 0
        : files.stream()
            .filter(file -> file.path().equals(path))
            .mapToLong(file -> StoredBytes.of(file.content()))
            .sum();
  }

  long fileBytes() {
    return files == null
        ? 0
        : files.stream().mapToLong(file -> StoredBytes.of(file.content())).sum();
  }

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
