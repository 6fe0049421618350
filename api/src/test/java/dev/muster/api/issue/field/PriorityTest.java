package dev.muster.api.issue.field;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PriorityTest {
  @ParameterizedTest
  @CsvSource({"urgent, 4", "high, 3", "medium, 2", "low, 1", "none, 0", "other, 0"})
  void aWordHasAWeight(String priority, int weight) {
    assertThat(Priority.weight(priority)).isEqualTo(weight);
  }
}
