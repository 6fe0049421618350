package dev.muster.api.runtime;

import dev.muster.api.edge.Input;
import dev.muster.api.edge.Limits;
import dev.muster.api.edge.Refused;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// Labels: what a runtime says of itself and an agent asks for, an object of texts such as `{"os":
/// "linux"}`.
public final class Labels {
  private static final int MAX = 50;

  private Labels() {}

  /// The labels as text for a `jsonb` parameter.
  ///
  /// @param field the field's name for the refusal
  public static String text(String field, @Nullable JsonNode labels) {
    var text = Input.object(field, labels, Limits.LABELS);
    if (labels == null || labels.isNull()) {
      return text;
    }
    if (labels.size() > MAX) {
      throw Refused.invalid(field, "has more than " + MAX + " labels");
    }
    for (var label : labels.properties()) {
      if (!label.getValue().isString()) {
        throw Refused.invalid(field + "." + label.getKey(), "must be a text");
      }
    }
    return text;
  }
}
