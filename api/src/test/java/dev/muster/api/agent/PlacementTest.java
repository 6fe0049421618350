package dev.muster.api.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.muster.api.edge.Refused;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class PlacementTest {
  private static final UUID RUNTIME = new UUID(0, 1);
  private static final UUID OTHER_RUNTIME = new UUID(0, 2);
  private static final Placement PINNED = new Placement(RUNTIME, null, "{}");
  private static final Placement SELECTING = new Placement(null, "claude", "{\"gpu\":\"yes\"}");

  @Test
  void anAgentNamesARuntimeOrWhatItNeeds() {
    assertThat(Placement.NONE.with(RUNTIME, null, null)).isEqualTo(PINNED);
    assertThat(Placement.NONE.with(null, "claude", null))
        .isEqualTo(new Placement(null, "claude", "{}"));
    assertThat(Placement.NONE.with(null, null, "{\"gpu\":\"yes\"}"))
        .isEqualTo(new Placement(null, null, "{\"gpu\":\"yes\"}"));
  }

  @Test
  void anAgentThatSaysNeitherIsRefused() {
    assertThatThrownBy(() -> Placement.NONE.with(null, null, null))
        .isInstanceOf(Refused.class)
        .hasMessage("runtime_id is required");
    assertThatThrownBy(() -> Placement.NONE.with(null, "", "{}"))
        .hasMessage("runtime_id is required");
  }

  @Test
  void anAgentThatSaysBothIsRefused() {
    assertThatThrownBy(() -> Placement.NONE.with(RUNTIME, "claude", null))
        .hasMessage("runtime_id cannot be combined with provider or labels");
  }

  @Test
  void whatARequestDoesNotSayStays() {
    assertThat(PINNED.with(null, null, null)).isEqualTo(PINNED);
    assertThat(PINNED.with(null, "", "{}")).isEqualTo(PINNED);
    assertThat(SELECTING.with(null, null, null)).isEqualTo(SELECTING);
    assertThat(SELECTING.with(null, "codex", null))
        .isEqualTo(new Placement(null, "codex", "{\"gpu\":\"yes\"}"));
    assertThat(SELECTING.with(null, "", null))
        .isEqualTo(new Placement(null, null, "{\"gpu\":\"yes\"}"));
  }

  @Test
  void theNewerOfRuntimeAndSelectionWins() {
    assertThat(SELECTING.with(OTHER_RUNTIME, null, null))
        .isEqualTo(new Placement(OTHER_RUNTIME, null, "{}"));
    assertThat(PINNED.with(null, "codex", null)).isEqualTo(new Placement(null, "codex", "{}"));
  }
}
