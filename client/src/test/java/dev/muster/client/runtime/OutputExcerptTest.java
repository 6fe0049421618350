package dev.muster.client.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OutputExcerptTest {
  private static final int HEAD = 100;
  private static final int TAIL = 300;

  private final OutputExcerpt excerpt = new OutputExcerpt(HEAD, TAIL);

  @ParameterizedTest
  @ValueSource(ints = {0, 1, HEAD, HEAD + 1, HEAD + TAIL})
  void what_fits_is_kept_whole(int length) {
    var text = "0123456789".repeat(40).substring(0, length);

    text.chars().forEach(c -> excerpt.append(Character.toString(c)));

    assertThat(excerpt.text()).isEqualTo(text);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 99, 5_000})
  void of_a_longer_one_the_ends_are_kept_and_what_is_left_out_is_said(int part) {
    var text = new StringBuilder();
    for (var i = 0; text.length() < 10_000; i++) {
      text.append(i).append('\n');
    }
    text.setLength(10_000);

    for (var from = 0; from < text.length(); from += part) {
      excerpt.append(text.substring(from, Math.min(text.length(), from + part)));
    }

    var kept = excerpt.text();
    var sentence = "\n[… the text has 10000 characters, the middle is left out …]\n";
    assertThat(kept).hasSize(HEAD + TAIL).contains(sentence);
    assertThat(kept).startsWith(text.substring(0, HEAD) + sentence);
    assertThat(kept).endsWith(text.substring(10_000 - (TAIL - sentence.length())));
  }

  @Test
  void no_character_is_cut_in_half() {
    excerpt.append("x");
    excerpt.append("😀".repeat(1_000));

    assertThat(excerpt.text().chars().filter(c -> Character.isSurrogate((char) c)).count())
        .isEven();
    assertThat(excerpt.text().codePoints().noneMatch(OutputExcerptTest::isHalf)).isTrue();
  }

  private static boolean isHalf(int codePoint) {
    return codePoint <= Character.MAX_VALUE && Character.isSurrogate((char) codePoint);
  }
}
