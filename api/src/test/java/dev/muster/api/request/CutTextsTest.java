package dev.muster.api.request;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.api.edge.StorableText;
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
  void whatIsNestedTooDeepIsNull() throws IOException {
    var inner = "[{\"a\":\"}]\\\"\"},[1,\"{\"]]";
    var fits = "[".repeat(CutTexts.DEPTH_MAX - 1) + "[1]" + "]".repeat(CutTexts.DEPTH_MAX - 1);
    var deep = "[".repeat(CutTexts.DEPTH_MAX) + inner + "]".repeat(CutTexts.DEPTH_MAX);

    assertThat(read(fits, 4)).isEqualTo(fits);
    assertThat(read("{\"a\":" + deep.substring(1, deep.length() - 1) + ",\"b\":\"c\"}", 4))
        .isEqualTo(
            "{\"a\":"
                + "[".repeat(CutTexts.DEPTH_MAX - 1)
                + "null"
                + "]".repeat(CutTexts.DEPTH_MAX - 1)
                + ",\"b\":\"c\"}");
  }

  @Test
  void whatIsLeftOutTakesNoMemory() throws IOException {
    var long32M = "{\"output\":\"" + "x".repeat(32 * 1024 * 1024) + "\",\"pr_url\":\"p\"}";

    assertThat(read(long32M, 10)).isEqualTo("{\"output\":\"xxxxxxxxxx\",\"pr_url\":\"p\"}");
  }

  private static String text(String json) {
    return tools.jackson.databind.json.JsonMapper.shared().readTree(json).get("a").asString();
  }

  @ParameterizedTest
  @CsvSource({"1199", "1200", "1201", "5000", "123456"})
  void aLongTextKeepsItsBeginningAndItsEndAndSaysHowLongItWas(int length) throws IOException {
    var whole = new StringBuilder();
    for (var i = 0; i < length; i++) {
      whole.append((char) ('a' + i % 26));
    }

    var read = text(read("{\"a\":\"" + whole + "\"}", 1200));

    assertThat(read).isEqualTo(StorableText.shorten(whole.toString(), 1200));
    assertThat(read).hasSize(Math.min(length, 1200)).startsWith(whole.substring(0, 900));
    assertThat(read).endsWith(whole.substring(length - 200));
    assertThat(read.contains("the text has " + length + " characters")).isEqualTo(length > 1200);
  }

  @Test
  void whatIsEscapedIsOneCharacterAtTheEndToo() throws IOException {
    var escaped = "\\n\\u00e4\\\"".repeat(1_000);

    var read = text(read("{\"a\":\"" + escaped + "\"}", 1200));

    assertThat(read).hasSize(1200).endsWith("\n\u00e4\"\n\u00e4\"");
  }
}
