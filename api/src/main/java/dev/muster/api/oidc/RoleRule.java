package dev.muster.api.oidc;

import dev.muster.api.access.Role;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Who has a value in the roles claim is a member of a workspace.
///
/// @param value a group or role at the provider
/// @param workspace the workspace's slug
record RoleRule(String value, String workspace, Role role) {
  private static final List<String> ROLES = List.of("owner", "admin", "member");

  /// Reads `<group>=<workspace slug>:<role>`; a group may have both signs in it.
  ///
  /// @throws IllegalArgumentException if it is none, in a sentence without its end
  static RoleRule parse(String text) {
    var given = text.strip();
    var colon = given.lastIndexOf(':');
    var equals = given.lastIndexOf('=', Math.max(colon, 0));
    if (equals > 0 && colon > equals + 1 && ROLES.contains(given.substring(colon + 1))) {
      return new RoleRule(
          given.substring(0, equals),
          given.substring(equals + 1, colon),
          Role.of(given.substring(colon + 1)));
    }
    throw new IllegalArgumentException(
        "MUSTER_OIDC_ROLES has %s, which is not <group>=<workspace slug>:<owner, admin or member>"
            .formatted(text));
  }

  /// What somebody is in each workspace that a rule names; empty if no rule makes them a member.
  /// Where two rules do, the one counts that gives more.
  ///
  /// @param values what somebody has in the roles claim
  static Map<String, Optional<Role>> judge(List<RoleRule> rules, Collection<String> values) {
    var roles = new HashMap<String, Optional<Role>>();
    for (var rule : rules) {
      var given = values.contains(rule.value()) ? Optional.of(rule.role()) : Optional.<Role>empty();
      roles.merge(rule.workspace(), given, RoleRule::higher);
    }
    return roles;
  }

  private static Optional<Role> higher(Optional<Role> one, Optional<Role> other) {
    if (one.isEmpty() || other.isEmpty()) {
      return one.isPresent() ? one : other;
    }
    // Roles are declared from the highest down.
    return one.get().compareTo(other.get()) <= 0 ? one : other;
  }
}
