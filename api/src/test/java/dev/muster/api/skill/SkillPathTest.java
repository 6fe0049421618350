package dev.muster.api.skill;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SkillPathTest {
  @ParameterizedTest
  @ValueSource(
      strings = {"a.md", "a/b/c.txt", "./a", "a/../b", "a//b", ".hidden", "a/..b", "a/b/../../c"})
  void aPathThatStaysInsideIsValid(String path) {
    assertThat(SkillPath.isValid(path)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "/etc/passwd",
        "/",
        "..",
        "../a",
        "a/../../b",
        "./../a",
        "..a",
        "a/b/../../.."
      })
  void aPathThatIsEmptyAbsoluteOrLeavesIsNot(String path) {
    assertThat(SkillPath.isValid(path)).isFalse();
  }
}
