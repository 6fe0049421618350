package dev.muster.api.request;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringReader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Texts are cut while they are read, and JSON stays what it was.
class CutTextsTest {
  private static String read(String json, int max) throws IOException {
    try (var texts = new CutTexts(new StringReader(json), max)) {
      var read = new StringBuilder();
      // Few characters at a time, so that every state is left and entered again.
      var some = new char[3];
      for (var got = texts.read(some, 0, 3); got >= 0; got = texts.read(some, 0, 3)) {
        read.append(some, 0, got);
      }
      return read.toString();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\'',
      textBlock =
          """
          {"a":"12345","b":7}          | {"a":"1234","b":7}
          {"a":"1\\"45678","b":"x"}    | {"a":"1\\"45","b":"x"}
          {"a":"123\\u00e4\\u00e4"}    | {"a":"123\\u00e4"}
          {"a":"1234\\u00e4\\""}       | {"a":"1234"}
          {"a":"\\\\\\\\\\\\\\\\\\\\"} | {"a":"\\\\\\\\\\\\\\\\"}
          ["",1.5,null,"ok"]           | ["",1.5,null,"ok"]
          {"longname":"1"}             | {"long":"1"}
          """)
  void aTextKeepsItsFirstFourCharacters(String json, String cut) throws IOException {
    assertThat(read(json, 4)).isEqualTo(cut);
  }

  @Test
  void whatIsLeftOutTakesNoMemory() throws IOException {
    var long32M = "{\"output\":\"" + "x".repeat(32 * 1024 * 1024) + "\",\"pr_url\":\"p\"}";

    assertThat(read(long32M, 10)).isEqualTo("{\"output\":\"xxxxxxxxxx\",\"pr_url\":\"p\"}");
  }
}
