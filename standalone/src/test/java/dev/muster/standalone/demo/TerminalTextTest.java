package dev.muster.standalone.demo;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/// What others wrote does nothing to a terminal.
class TerminalTextTest {
  @Test
  void controlCharactersAreShownAndLinesStay() {
    assertThat(TerminalText.of("a\u001b[2Jb\u0007\u009b31m\tc\nd ä €"))
        .isEqualTo("a\uFFFD[2Jb\uFFFD\uFFFD31m\tc\nd ä €");
    assertThat(TerminalText.of("\uD83D\uDE80")).isEqualTo("\uD83D\uDE80");
  }
}
