package dev.muster.api.issue;

import dev.muster.api.edge.Refused;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// What Multica's clients may say of issues and comments, and Muster does not have. To take it and
/// keep nothing of it would tell them that it is there.
final class Unsupported {
  private static final Map<String, String> REASONS =
      Map.of(
          "attachment_ids", "names attachments, and this server keeps none",
          "project_id", "names a project, and there are none");

  private Unsupported() {}

  /// Makes sure that a member says nothing: that it is missing, null, or empty.
  ///
  /// @throws Refused 400 if it does
  static void requireNone(String field, @Nullable JsonNode value) {
    if (value != null && !saysNothing(value)) {
      throw Refused.invalid(field, REASONS.getOrDefault(field, "is not supported"));
    }
  }

  private static boolean saysNothing(JsonNode value) {
    return value.isContainer() ? value.isEmpty() : value.asString("").isEmpty();
  }
}
