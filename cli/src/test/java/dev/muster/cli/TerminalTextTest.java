package dev.muster.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Others' texts on a terminal.
class TerminalTextTest {
  @Test
  void noCharacterOfOthersSteersTheTerminal() {
    assertThat(TerminalText.line("a\u001b[31mb\r\nc\td\u202Ee\u2066f"))
        .isEqualTo("a\uFFFD[31mb c d\uFFFDe\uFFFDf");
    assertThat(TerminalText.lines("a\r\nb\tc\u0007")).isEqualTo("a\nb\tc\uFFFD");
    assertThat(TerminalText.lines("a\u001b[2Jb\u0007\u009b31m\tc\nd ä €"))
        .isEqualTo("a\uFFFD[2Jb\uFFFD\uFFFD31m\tc\nd ä €");
    assertThat(TerminalText.lines("👩‍💻 ü")).isEqualTo("👩‍💻 ü");
  }

  @Test
  void aTableIsAsWideAsItsCellsAndCutsTheLongest() {
    var out = new StringWriter();
    var rows =
        List.of(
            Rest.JSON.readTree("{\"name\":\"x\",\"of\":{\"n\":1}}"),
            Rest.JSON.readTree("{\"name\":\"%s\",\"of\":null}".formatted("y".repeat(100))));

    new Table().column("NAME", "name").column("N", "of.n").print(rows, new PrintWriter(out, true));

    assertThat(out.toString().lines())
        .containsExactly(
            "NAME" + " ".repeat(56) + "  N", "x" + " ".repeat(59) + "  1", "y".repeat(59) + "…  -");
  }

  @Test
  void columnsStandBelowEachOtherWithWideLettersToo() {
    var out = new StringWriter();
    var rows =
        List.of(
            Rest.JSON.readTree("{\"name\":\"日本語\",\"n\":1}"),
            Rest.JSON.readTree("{\"name\":\"cafe\u0301 🚀\",\"n\":2}"),
            Rest.JSON.readTree("{\"name\":\"%s\",\"n\":3}".formatted("語".repeat(40))));

    new Table().column("NAME", "name").column("N", "n").print(rows, new PrintWriter(out, true));

    assertThat(out.toString().lines())
        .containsExactly(
            "NAME" + " ".repeat(55) + "  N",
            "日本語" + " ".repeat(53) + "  1",
            "cafe\u0301 🚀" + " ".repeat(52) + "  2",
            "語".repeat(29) + "…" + "  3");
  }
}
