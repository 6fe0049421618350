package dev.muster.api.agent;

import dev.muster.api.edge.Refused;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Where an agent's tasks may run: on the runtime it names, or on any that fits.
///
/// @param runtimeId null where provider and labels decide
/// @param labels a JSON object as text
record Placement(@Nullable UUID runtimeId, @Nullable String provider, String labels) {
  private static final String NO_LABELS = "{}";

  /// An agent that does not say yet.
  static final Placement NONE = new Placement(null, null, NO_LABELS);

  /// The placement after a request: naming a runtime ends a selection, and selecting ends the
  /// naming of a runtime. Null leaves a part as it is; an empty provider takes it away.
  Placement with(
      @Nullable UUID newRuntime, @Nullable String newProvider, @Nullable String newLabels) {
    var selects =
        (newProvider != null && !newProvider.isEmpty())
            || (newLabels != null && !newLabels.equals(NO_LABELS));
    if (newRuntime != null) {
      if (selects) {
        throw Refused.invalid("runtime_id", "cannot be combined with provider or labels");
      }
      return new Placement(newRuntime, null, NO_LABELS);
    }
    if (runtimeId != null && !selects) {
      return this;
    }
    var kept = newProvider == null ? provider : newProvider;
    var selected =
        new Placement(
            null,
            kept == null || kept.isEmpty() ? null : kept,
            newLabels == null ? labels : newLabels);
    if (selected.provider() == null && selected.labels().equals(NO_LABELS)) {
      throw Refused.invalid("runtime_id", "is required");
    }
    return selected;
  }
}
