package dev.muster.tasks.decide;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What was decided of a batch.
///
/// @param answers one for each command, in their order; null for one that needs what somebody else
///   has locked, which changes nothing and is to be asked again by itself
public record Decision(Changes changes, List<@Nullable Object> answers) {
  public Decision {
    answers = Collections.unmodifiableList(new ArrayList<>(answers));
  }
}
