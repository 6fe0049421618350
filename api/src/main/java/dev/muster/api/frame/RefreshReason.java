package dev.muster.api.frame;

import java.util.Locale;

/// Why a client that comes back has to begin anew.
public enum RefreshReason {
  MALFORMED,
  EPOCH_CHANGED,
  AHEAD_OF_FEED,
  TOO_FAR_BEHIND;

  public String wire() {
    return name().toLowerCase(Locale.ROOT);
  }
}
