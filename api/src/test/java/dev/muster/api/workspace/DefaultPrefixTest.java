package dev.muster.api.workspace;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DefaultPrefixTest {
  @ParameterizedTest
  @CsvSource({"Muster, MUS", "my team, MYT", "a, A", "4 x 4 wheels, XWH", "42, WS", "日本, WS"})
  void itIsTheFirstThreeLettersOfTheName(String name, String prefix) {
    assertThat(WorkspaceFields.defaultPrefix(name)).isEqualTo(prefix);
  }
}
