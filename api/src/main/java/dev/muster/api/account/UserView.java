package dev.muster.api.account;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// A user, as clients see one.
record UserView(
    UUID id,
    String name,
    String email,
    @Nullable String avatarUrl,
    Instant createdAt,
    Instant updatedAt,
    String scope) {}
