package dev.muster.api.workspace;

import com.fasterxml.jackson.annotation.JsonRawValue;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// A workspace, as clients see it.
record WorkspaceView(
    UUID id,
    String name,
    String slug,
    @Nullable String description,
    @Nullable String context,
    @JsonRawValue String settings,
    @JsonRawValue String repos,
    String issuePrefix,
    Instant createdAt,
    Instant updatedAt) {}
