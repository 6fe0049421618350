package dev.muster.api.workspace;

import dev.muster.api.access.Role;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// A member of a workspace with who that is, as clients see it.
record MemberView(
    UUID id,
    UUID workspaceId,
    UUID userId,
    String role,
    Instant createdAt,
    String name,
    String email,
    @Nullable String avatarUrl) {

  boolean isOwner() {
    return Role.of(role) == Role.OWNER;
  }
}
