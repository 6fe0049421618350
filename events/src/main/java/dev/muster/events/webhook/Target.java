package dev.muster.events.webhook;

import java.net.URI;

/// Where a webhook is to lead, once it has been looked at.
public sealed interface Target {
  /// It may lead there.
  record Good(URI url) implements Target {}

  /// It may not.
  ///
  /// @param reason completes the sentence that starts with the name of the field
  record Wrong(String reason) implements Target {}
}
