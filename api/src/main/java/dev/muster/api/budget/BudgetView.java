package dev.muster.api.budget;

import java.time.Instant;
import java.time.LocalDate;
import org.jspecify.annotations.Nullable;

/// A budget and what is used of it, as clients see it.
///
/// @param tokensPerDay null for no limit
/// @param date today, UTC
/// @param spent what was reported today of input, output and cache writes
/// @param stoppedUntil until when nothing is begun; null while there is something left
public record BudgetView(
    @Nullable Long tokensPerDay,
    LocalDate date,
    java.math.BigInteger spent,
    @Nullable Instant stoppedUntil) {}
