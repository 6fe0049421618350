package dev.muster.api.skill;

import dev.muster.api.edge.Input;
import dev.muster.api.edge.Limits;
import dev.muster.api.edge.Refused;
import dev.muster.events.storage.StoredBytes;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// What a client may say about a skill. On an update, null leaves a field as it is.
record SkillFields(
    @Nullable String name,
    @Nullable String description,
    @Nullable String content,
    @Nullable JsonNode config,
    @Nullable List<@Nullable FileFields> files) {
  static final int FILES_MAX = 200;

  /// Short enough that an agent can be shown with all of its skills.
  private static final int DESCRIPTION_MAX = 2_000;

  /// What a client may say about a file.
  record FileFields(@Nullable String path, @Nullable String content) {
    String checkedPath() {
      var given = path == null ? "" : path;
      if (!SkillPath.isValid(given)) {
        throw Refused.badRequest("invalid file path: " + given);
      }
      return given;
    }

    String checkedContent() {
      return Input.orElse("content", content, "", Limits.TEXT);
    }
  }

  @Nullable String checkedDescription() {
    return Input.optional("description", description, DESCRIPTION_MAX);
  }

  @Nullable String checkedContent() {
    return Input.optional("content", content, Limits.TEXT);
  }

  @Nullable String configJson() {
    return config == null || config.isNull() ? null : Input.object("config", config);
  }

  /// How many bytes the texts and files are that are given.
  long bytes() {
    return StoredBytes.of(checkedDescription(), checkedContent(), configJson())
        + StoredBytes.of(contents().values().toArray(String[]::new));
  }

  /// How many bytes the skill's are in whose place they are given.
  long bytesBefore(SkillView skill) {
    return StoredBytes.of(
            description == null ? null : skill.description(),
            content == null ? null : skill.content(),
            configJson() == null ? null : skill.config())
        + (files == null ? 0 : skill.fileBytes());
  }

  /// The files' contents by path; of two with one path, the last.
  Map<String, String> contents() {
    var contents = new LinkedHashMap<String, String>();
    for (var file : Input.list("files", files, FILES_MAX)) {
      if (file == null) {
        throw Refused.badRequest("invalid file path: ");
      }
      contents.put(file.checkedPath(), file.checkedContent());
    }
    return contents;
  }
}
