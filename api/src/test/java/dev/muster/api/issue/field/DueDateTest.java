package dev.muster.api.issue.field;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DueDateTest {
  @ParameterizedTest
  @CsvSource({
    "2026-05-01T10:00:00Z, 2026-05-01T10:00:00Z",
    "2026-05-01T10:00:00+02:00, 2026-05-01T08:00:00Z",
    "2026-05-01t10:00:00.5z, 2026-05-01T10:00:00.500Z",
    "2028-02-29, 2028-02-29T00:00:00Z"
  })
  void aTimeOrADayIsRead(String text, String instant) {
    assertThat(DueDate.parse(text)).hasToString(instant);
  }

  @Test
  void noTextIsNoDate() {
    assertThat(DueDate.parse(null)).isNull();
    assertThat(DueDate.parse("")).isNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "tomorrow",
        "2026-02-29",
        "2026-13-01",
        "1582-12-31",
        "26-05-01",
        "2026-05-01Z",
        "2026-05-01T10:00Z",
        "2026-05-01T10:00:00",
        "2026-13-01T10:00:00Z",
        "2026-02-30T10:00:00Z",
        "+999999999-01-01T00:00:00Z",
        "0000-01-01T00:00:00Z",
        "9999-12-31T23:59:59-01:00"
      })
  void anythingElseIsRefused(String text) {
    assertThatThrownBy(() -> DueDate.parse(text))
        .hasMessage("invalid due_date format, expected RFC3339");
  }
}
