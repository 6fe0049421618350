package dev.muster.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// What a task says is kept as far as it can be: one message that cannot be kept does not take the
/// others with it.
class SaidMessagesTest {
  private final TestWorkspace at = TestWorkspace.make();
  private final Api api = at.api();
  private final UUID task = running();

  private UUID running() {
    var runtime = api.newRuntime(at.id(), "dm", "claude", 1);
    var made = at.newTask(at.newAgent(runtime, ""), "");
    assertThat(Api.id(api.claim(runtime, 20))).isEqualTo(made);
    api.start(made).ok();
    return made;
  }

  private Api.Answer say(String messages) {
    return api.post(
        "/api/daemon/tasks/%s/messages".formatted(task),
        "{\"messages\":[%s]}".formatted(messages),
        // More is taken than the reference says.
        "X-Test-Garbage",
        "yes");
  }

  @Test
  void aGiantNumberAnInputThatIsNoObjectAndAMissingPlaceDoNotLoseTheRest() {
    var said =
        say("""
        {"seq":1,"type":"text","content":"before"},
        {"seq":2,"type":"tool_use","tool":"t","input":{"n":1e400,"deep":[{"m":1e-400}],"digits":%s}},
        {"seq":3,"type":"tool_use","tool":"t","input":[1,2]},
        {"type":"text","content":"nowhere"},
        {"seq":4,"content":"no type"},
        {"seq":5,"type":"tool_use","tool":"%s","input":{"long":"%s"}},
        {"seq":6,"type":"text","content":"after"}
        """
                .formatted("9".repeat(900), "t".repeat(2_000), "x".repeat(100_000)))
            .ok();

    assertThat(said.get("stored").asInt()).isEqualTo(6);
    assertThat(said.get("left_out").asInt()).isEqualTo(1);
    var kept = api.get("/api/tasks/" + task + "/messages").ok();
    assertThat(kept.valueStream().map(message -> message.get("seq").asInt()))
        .containsExactly(1, 2, 3, 4, 5, 6);
    assertThat(kept.get(1).get("input").get("n").isString()).isTrue();
    assertThat(kept.get(2).get("input").get("value").size()).isEqualTo(2);
    assertThat(kept.get(3).get("type").asString()).isEqualTo("text");
    assertThat(kept.get(4).get("input").has("cut")).isTrue();
  }

  @Test
  void aMemberOfAnotherTypeLosesNothingButItself() {
    var said =
        say("""
        {"seq":1,"type":"text","content":"before"},
        {"seq":"2","type":"text","content":"a place that is a text"},
        {"seq":99999999999,"type":"text","content":"nowhere"},
        {"seq":1.5,"content":"between"},
        null, "a text", 7, ["a list"],
        {"seq":3,"type":7,"tool":true,"content":{"a":[1e400]},"output":["x"],"more":{"b":[1]}},
        {"seq":4,"type":"text","content":"after"}
        """)
            .ok();

    assertThat(said.get("stored").asInt()).isEqualTo(3);
    assertThat(said.get("left_out").asInt()).isEqualTo(7);
    var kept = api.get("/api/tasks/" + task + "/messages").ok();
    assertThat(kept.valueStream().map(message -> message.get("seq").asInt()))
        .containsExactly(1, 3, 4);
    assertThat(kept.get(1).get("type").asString()).isEqualTo("7");
    assertThat(kept.get(1).get("content").asString()).startsWith("{\"a\":[");
    assertThat(kept.get(1).get("output").asString()).isEqualTo("[\"x\"]");
    assertThat(kept.get(2).get("content").asString()).isEqualTo("after");
  }

  @Test
  void moreThanFitsIntoOneWriteIsKeptInSeveral() {
    var many =
        IntStream.rangeClosed(1, 1_200)
            .mapToObj(seq ->
                "{\"seq\":%d,\"type\":\"text\",\"content\":\"%s\"}"
                    .formatted(seq, "x".repeat(2_000)))
            .collect(Collectors.joining(","));

    var said = say(many).ok();

    assertThat(said.get("stored").asInt()).isEqualTo(1_200);
    var count =
        at.db()
            .sql("SELECT count(*) FROM task_message WHERE task_id = :task")
            .param("task", task)
            .query(Integer.class)
            .single();
    assertThat(count).isEqualTo(1_200);
  }
}
