package dev.muster.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// An answer leaves in one piece and says how long it is, whichever of Spring's ways it is made by.
class SingleWriteTest {
  private final TestWorkspace at = TestWorkspace.make();

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      textBlock =
          """
          GET,  /api/me,                         ``,                  200
          POST, /api/skills?workspace_id=%s,     `{"name":"s","content":"c"}`, 201
          POST, /api/skills?workspace_id=%s,     `{`,                 400
          POST, /api/dead-letters/redrive?workspace_id=%s, `{}`,      200
          GET,  /api/agents/none,                ``,                  404
          """)
  void anAnswerHasItsLength(String method, String path, String body, int status) {
    var answer =
        RawHttp.of(at.muster())
            .send(
                method,
                path.replace("%s", at.id().toString()),
                "Authorization: Bearer %s\r\n".formatted(TestMuster.OWNER_TOKEN),
                body);

    assertThat(answer.status()).as(answer.text()).isEqualTo(status);
    assertThat(answer.headers())
        .containsKey("content-length")
        .doesNotContainKey("transfer-encoding");
  }
}
