package dev.muster.api.access;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// A token, as its user sees it.
///
/// @param oneDaemon whether it is good for one daemon alone; left out if not
/// @param daemonId of that daemon, once it has registered
/// @param token the token itself: only in the answer that creates it
public record TokenView(
    UUID id,
    String name,
    String tokenPrefix,
    @Nullable Instant expiresAt,
    @Nullable Instant lastUsedAt,
    Instant createdAt,
    String scope,
    @Nullable UUID workspaceId,
    @JsonInclude(JsonInclude.Include.NON_DEFAULT) boolean oneDaemon,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String daemonId,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String token) {

  TokenView with(String secret) {
    return new TokenView(
        id,
        name,
        tokenPrefix,
        expiresAt,
        lastUsedAt,
        createdAt,
        scope,
        workspaceId,
        oneDaemon,
        daemonId,
        secret);
  }
}
