package dev.muster.api.agent;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;

class TriggersTest {
  @ParameterizedTest(name = "{0}: on_assign {1}, on_comment {2}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          []                                                                          | true  | true
          [{"type":"on_assign","enabled":true}]                                       | true  | false
          [{"type":"on_comment","enabled":true}]                                      | false | true
          [{"type":"on_assign","enabled":false}]                                      | false | false
          [{"type":"on_assign","enabled":false},{"type":"on_assign","enabled":true}]  | true  | false
          [{"type":"on_assign"}]                                                      | false | false
          [{"type":"on_assign","enabled":"yes"}]                                      | false | false
          [{"type":"on_mention","enabled":true}]                                      | false | false
          [{}]                                                                        | false | false
          [7]                                                                         | false | false
          {}                                                                          | false | false
          null                                                                        | false | false
          """)
  void aTriggerIsOnIfTheListIsEmptyOrEnablesIt(String triggers, boolean assign, boolean comment) {
    var list = new JsonMapper().readTree(triggers);

    var on =
        new boolean[] {
          Triggers.isOn(list, Triggers.ON_ASSIGN), Triggers.isOn(list, Triggers.ON_COMMENT)
        };

    assertThat(on).containsExactly(assign, comment);
  }
}
