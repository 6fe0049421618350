package dev.muster.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/// What is too long is shortened in the middle and says so; one large message costs no other.
class CutOutputTest {
  private static final int MAX = 256 * 1024;

  private final TestWorkspace at = TestWorkspace.make();
  private final Api api = at.api();
  private final TodayDaemon daemon = TodayDaemon.start(api, at.id(), "cut-" + at.id());

  @Test
  void aLongOutputKeepsItsBeginningAndItsEndEverywhere() {
    var issue = api.newIssue(at.id(), at.newAgent(daemon.runtime(), ""));
    var task = daemon.claimAndStart();
    var output = "begin" + "x".repeat(3_000_000) + "end";

    daemon.complete(Api.id(task), output).ok();

    var result = at.task(TodayDaemon.taskOf(task)).get("result").get("output").asString();
    assertThat(result)
        .hasSize(MAX)
        .startsWith("beginx")
        .endsWith("xend")
        .contains("3000008 characters");
    assertThat(api.get("/api/issues/" + issue + "/comments").ok().get(0).get("content").asString())
        .isEqualTo(result);
    at.story(TodayDaemon.taskOf(task));
    assertThat(
            at.muster().feed().of(at.id()).stream()
                .filter(event -> event.name().equals("task.completed"))
                .toList())
        .singleElement()
        .satisfies(event -> assertThat(event.data()).contains("3000008 characters"));
  }

  @Test
  void aLongErrorToo() {
    api.newIssue(at.id(), at.newAgent(daemon.runtime(), ""));
    var task = daemon.claimAndStart();

    daemon.fail(Api.id(task), "begin" + "x".repeat(300_000) + "end", "agent_error.unknown").ok();

    assertThat(at.task(TodayDaemon.taskOf(task)).get("error").asString())
        .hasSize(MAX)
        .startsWith("begin")
        .endsWith("end")
        .contains("300008 characters");
  }

  @Test
  void oneLargeMessageCostsNoOther() {
    api.newIssue(at.id(), at.newAgent(daemon.runtime(), ""));
    var task = daemon.claimAndStart();
    var body =
        """
        {"messages":[{"seq":1,"type":"text","content":"small"},
                     {"seq":2,"type":"tool_use","tool":"Write","input":{"text":"%s"}},
                     {"seq":3,"type":"text","content":"%send"},
                     {"seq":4,"type":"text","content":"last"}]}
        """
            .formatted("y".repeat(200_000), "x".repeat(2_500_000));

    daemon.write(Api.id(task), "messages", body).ok();

    var said = api.get("/api/tasks/" + TodayDaemon.taskOf(task) + "/messages").ok();
    assertThat(said.get(0).get("content").asString()).isEqualTo("small");
    assertThat(said.get(1).get("input").get("cut").asString()).contains("200011 characters");
    assertThat(said.get(2).get("content").asString())
        .hasSize(MAX)
        .endsWith("end")
        .contains("2500003 characters");
    assertThat(said.get(3).get("content").asString()).isEqualTo("last");
  }
}
