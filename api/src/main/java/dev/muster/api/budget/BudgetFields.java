package dev.muster.api.budget;

import dev.muster.api.edge.Refused;
import org.jspecify.annotations.Nullable;

/// What a client may say of a budget.
///
/// @param tokensPerDay 0 takes the limit away
public record BudgetFields(@Nullable Long tokensPerDay) {
  /// The budget as it is kept: null for no limit.
  @Nullable Long checked() {
    if (tokensPerDay == null) {
      throw Refused.invalid("tokens_per_day", "is required");
    }
    if (tokensPerDay < 0) {
      throw Refused.invalid("tokens_per_day", "must not be negative");
    }
    return tokensPerDay == 0 ? null : tokensPerDay;
  }
}
