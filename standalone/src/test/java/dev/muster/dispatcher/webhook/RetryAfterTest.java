package dev.muster.dispatcher.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RetryAfterTest {
  private static final Instant NOW = Instant.parse("2026-11-27T20:22:52Z");

  @ParameterizedTest
  @CsvSource({
    "20,                              PT20S",
    "' 20 ',                          PT20S",
    "0,                               PT0S",
    "999999,                          PT4H",
    "99999999999999999999,            PT4H",
    "'Fri, 27 Nov 2026 20:23:12 GMT', PT20S",
    "'Fri, 27 Nov 2026 20:22:00 GMT', PT0S",
    "'Fri, 31 Dec 9999 23:59:59 GMT', PT4H",
    "-5,                              ",
    "soon,                            ",
    "'Mon, 27 Nov 2026 20:23:12 GMT', ",
    "'',                              ",
    "1.5,                             ",
  })
  void whatAServerAsksForIsKeptWithinBounds(String value, @Nullable Duration pause) {
    assertThat(RetryAfter.read(value, NOW)).isEqualTo(pause);
  }
}
