package dev.muster.dispatcher.webhook;

import dev.muster.events.feed.FeedSelection.Viewer;
import dev.muster.events.id.UserId;
import dev.muster.events.id.WebhookId;
import dev.muster.events.id.WorkspaceId;
import java.net.URI;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// A webhook that was leased: nobody else delivers to it meanwhile.
///
/// @param lease says whether what was done still counts
/// @param administers whether whoever made it administers the workspace; null if they are no member
/// @param secrets what it signs with, the newest first
/// @param waiting how many deliveries are to be sent again
record Hook(
    WebhookId id,
    UUID lease,
    WorkspaceId workspace,
    UserId author,
    @Nullable Boolean administers,
    URI url,
    List<String> patterns,
    List<String> secrets,
    long position,
    int waiting) {
  Hook {
    patterns = List.copyOf(patterns);
    secrets = List.copyOf(secrets);
  }

  Viewer viewer() {
    return new Viewer(workspace, author, Boolean.TRUE.equals(administers));
  }

  Hook at(long newPosition, int nowWaiting) {
    return new Hook(
        id, lease, workspace, author, administers, url, patterns, secrets, newPosition, nowWaiting);
  }
}
