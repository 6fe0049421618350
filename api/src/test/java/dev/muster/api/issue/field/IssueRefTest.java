package dev.muster.api.issue.field;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.muster.api.access.Caller;
import dev.muster.api.access.Role;
import dev.muster.api.access.Scope;
import dev.muster.api.edge.Refused;
import dev.muster.events.id.UserId;
import dev.muster.events.id.WorkspaceId;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IssueRefTest {
  private static final WorkspaceId OWN = new WorkspaceId(new UUID(1, 1));
  private static final WorkspaceId FOREIGN = new WorkspaceId(new UUID(1, 2));
  private static final Caller CALLER =
      new Caller(
          new UserId(new UUID(2, 1)),
          new UUID(3, 1),
          Scope.ALL,
          Map.of(OWN, Role.MEMBER),
          null,
          null);

  @ParameterizedTest
  @CsvSource({"MUS-12, 12", "-1, 1", "A-B-7, 7", "x-2147483647, 2147483647", "MUS-007, 7"})
  void theNumberIsWhatFollowsTheLastDash(String identifier, int number) {
    assertThat(IssueRef.number(identifier)).contains(number);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "12", "MUS-", "MUS-x", "MUS-1x", "x-2147483648", "x-99999999999999999999"})
  void whatIsNoIdentifierHasNoNumber(String text) {
    assertThat(IssueRef.number(text)).isEmpty();
  }

  @Test
  void anIdNeedsNoWorkspace() {
    var id = new UUID(4, 1);

    var ref = IssueRef.of(CALLER, id.toString(), null);

    assertThat(ref).isEqualTo(new IssueRef(CALLER, id, null, 0));
  }

  @Test
  void anIdentifierIsReadInTheWorkspaceTheRequestNames() {
    var ref = IssueRef.of(CALLER, "ANY-3", OWN.toString());

    assertThat(ref).isEqualTo(new IssueRef(CALLER, null, OWN, 3));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "garbage", "00000000-0000-0001-0000-000000000002"})
  void anIdentifierWithoutAWorkspaceOfTheCallersIsNotFound(String workspace) {
    assertThat(CALLER.isMember(FOREIGN)).isFalse();
    assertThatThrownBy(() -> IssueRef.of(CALLER, "MUS-3", workspace))
        .isInstanceOf(Refused.class)
        .hasMessage("issue not found");
  }
}
