package dev.muster.api.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OriginRuleTest {
  private final OriginRule rule =
      new OriginRule(
          List.of(
              "https://dash.example.org/",
              "HTTPS://Other.Example:443",
              "http://third.example:80/"));

  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      value = {
        "-,                            muster.example:8080, true",
        "-,                            -,                   true",
        "http://muster.example:8080,   muster.example:8080, true",
        "https://muster.example:8080,  muster.example:8080, true",
        "http://MUSTER.example:8080,   muster.EXAMPLE:8080, true",
        "http://muster.example,        muster.example,      true",
        "https://muster.example,       muster.example,      true",
        "https://muster.example,       muster.example:443,  true",
        "http://muster.example,        muster.example:80,   true",
        "http://[::1]:8080,            [::1]:8080,          true",
        "https://dash.example.org,     muster.example:8080, true",
        "https://dash.example.org,     -,                   true",
        "https://other.example,        muster.example:8080, true",
        "http://third.example,         muster.example:8080, true",
        "http://muster.example:8080,   muster.example,      true",
        "https://muster.example:8443,  muster.example,      true",
        "http://evil.example:8080,     muster.example,      false",
        "http://dash.example.org,      muster.example:8080, false",
        "https://dash.example.org:444, muster.example:8080, false",
        "http://muster.example:8081,   muster.example:8080, false",
        "https://muster.example,       muster.example:80,   false",
        "http://evil.example,          muster.example:8080, false",
        "http://muster.example.evil:8080, muster.example:8080, false",
        "http://muster.example:8080@evil.example, muster.example:8080, false",
        "http://evil.example@muster.example:8080, muster.example:8080, false",
        "http://muster.example:8080,   -,                   false",
        "null,                         muster.example:8080, false",
        "'',                           '',                  false",
        "'http://',                    '',                  false",
        "'a b',                        muster.example,      false",
        "http://muster.example:x,      muster.example:x,    false"
      })
  void aPageMayOpenASocketIfItIsOursOrAllowed(String origin, String host, boolean permitted) {
    assertThat(rule.permits(origin, host)).isEqualTo(permitted);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "*",
        "dash.example.org",
        "https://dash.example.org/page",
        "https://dash.example.org?x",
        "https://me@dash.example.org",
        "ftp://dash.example.org",
        "https://",
        "a b",
        ""
      })
  void what_is_no_origin_is_told_at_the_start(String text) {
    assertThatThrownBy(() -> new OriginRule(List.of(text)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "MUSTER_API_ALLOWEDORIGINS has %s, which is no origin such as https://dash.example.org",
            text);
  }
}
