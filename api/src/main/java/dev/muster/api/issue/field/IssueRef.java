package dev.muster.api.issue.field;

import dev.muster.api.access.Caller;
import dev.muster.api.edge.Input;
import dev.muster.api.edge.Refused;
import dev.muster.events.id.WorkspaceId;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// An issue as a path names it, by id or by identifier, and who asks for it. Controllers take it as
/// a parameter.
///
/// @param id null where the issue is named by its number
/// @param workspace the workspace of the number; the prefix before the number says nothing
public record IssueRef(
    Caller caller, @Nullable UUID id, @Nullable WorkspaceId workspace, int number) {
  private static final Pattern IDENTIFIER = Pattern.compile("[^/]*-(\\d{1,10})");
  public static final String NOT_FOUND = "issue not found";

  /// @param workspace the workspace that the request names; null if it names none
  static IssueRef of(Caller caller, String text, @Nullable String workspace) {
    var id = Input.lenientId(text);
    if (id.isPresent()) {
      return new IssueRef(caller, id.get(), null, 0);
    }
    var within = Input.lenientId(workspace).map(WorkspaceId::new).filter(caller::isMember);
    var number = number(text);
    if (within.isEmpty() || number.isEmpty()) {
      throw Refused.notFound(NOT_FOUND);
    }
    return new IssueRef(caller, null, within.get(), number.get());
  }

  /// The number of an identifier: 12 of `MUS-12`.
  static Optional<Integer> number(String identifier) {
    var matcher = IDENTIFIER.matcher(identifier);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    var number = Long.parseLong(matcher.group(1));
    return number > Integer.MAX_VALUE ? Optional.empty() : Optional.of((int) number);
  }
}
