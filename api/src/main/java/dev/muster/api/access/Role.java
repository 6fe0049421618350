package dev.muster.api.access;

import java.util.Locale;

/// What a member may do in a workspace.
public enum Role {
  OWNER,
  ADMIN,
  MEMBER;

  public boolean isOwnerOrAdmin() {
    return this == OWNER || this == ADMIN;
  }

  public String wire() {
    return name().toLowerCase(Locale.ROOT);
  }

  public static Role of(String wire) {
    return valueOf(wire.toUpperCase(Locale.ROOT));
  }
}
