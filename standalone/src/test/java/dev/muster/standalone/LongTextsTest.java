package dev.muster.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/// Lists of the longest texts there may be: no answer is larger than a page, and the pages together
/// have everything once.
@Tag("faults")
class LongTextsTest {
  /// A page of texts, the one that ends it, and the members around them.
  private static final int ANSWER_MAX = 2 * 1024 * 1024;

  /// Of a quarter of a million characters each: ten times what a page holds.
  private static final int ROWS = 40;

  private static final Pattern NEXT = Pattern.compile("<(\\?[^>]+)>; rel=\"next\"");

  private TestWorkspace at = TestWorkspace.make();

  @BeforeEach
  void aWorkspace() {
    at = TestWorkspace.make();
  }

  private String in(String path) {
    return path + "?workspace_id=" + at.id();
  }

  private void insert(String sql) {
    assertThat(at.db().sql(sql).param("w", at.id()).param("n", ROWS).update()).isEqualTo(ROWS);
  }

  /// All rows of a list that is an array, one page after the other.
  private List<JsonNode> pages(String path) {
    var rows = new ArrayList<JsonNode>();
    var query = path.substring(path.indexOf('?'));
    while (true) {
      var answer = at.api().get(path.substring(0, path.indexOf('?')) + query);
      assertThat(answer.text().length()).isLessThan(ANSWER_MAX);
      answer.ok().forEach(rows::add);
      var next = NEXT.matcher(answer.response().headers().firstValue("Link").orElse(""));
      if (!next.find()) {
        return rows;
      }
      query = next.group(1);
    }
  }

  private static List<String> ids(Iterable<JsonNode> rows) {
    return StreamSupport.stream(rows.spliterator(), false)
        .map(row -> row.get("id").asString())
        .toList();
  }

  @Test
  void comments() {
    var issue = Api.id(at.api().post(in("/api/issues"), "{\"title\":\"T\"}").ok());
    var said =
        at.db()
            .sql(
                """
                INSERT INTO comment (issue_id, author_type, author_id, content, created_at)
                SELECT :issue, 'member', gen_random_uuid(), repeat('x', 250000), now() - n / 4 * interval '1 second'
                  FROM generate_series(1, :n) n
                RETURNING id
                """)
            .param("issue", issue)
            .param("n", ROWS)
            .query(UUID.class)
            .list();

    var newest = at.api().get("/api/issues/" + issue + "/comments").ok();
    var all = pages("/api/issues/" + issue + "/comments?x=1");

    assertThat(ids(all))
        .doesNotHaveDuplicates()
        .containsExactlyInAnyOrderElementsOf(said.stream().map(UUID::toString).toList());
    assertThat(newest.size()).isBetween(2, 6);
    var times = new ArrayList<String>();
    newest.forEach(comment -> times.add(comment.get("created_at").asString()));
    assertThat(times).isSorted();
    assertThat(ids(newest)).contains(said.getFirst().toString());
  }

  @Test
  void issues() {
    insert(
        """
        INSERT INTO issue (workspace_id, number, title, description, creator_type, creator_id)
        SELECT :w, n, 'T', repeat('x', 250000), 'member', gen_random_uuid() FROM generate_series(1, :n) n
        """);
    var read = new ArrayList<String>();

    JsonNode offset = at.api().get(in("/api/issues")).ok().path("x");
    do {
      var answer = at.api().get(in("/api/issues") + "&limit=500&offset=" + offset.asInt(0));
      assertThat(answer.text().length()).isLessThan(ANSWER_MAX);
      var page = answer.ok();
      assertThat(page.get("total").asInt()).isEqualTo(ROWS);
      read.addAll(ids(page.get("issues")));
      offset = page.get("next");
    } while (!offset.isNull());

    assertThat(read).hasSize(ROWS).doesNotHaveDuplicates();
  }

  @Test
  void agentsAndTheirSnapshot() {
    insert(
        """
        INSERT INTO agent (workspace_id, provider, name, instructions)
        SELECT :w, 'claude', 'A' || n, repeat('x', 250000) FROM generate_series(1, :n) n
        """);

    assertThat(ids(pages(in("/api/agents")))).hasSize(ROWS).doesNotHaveDuplicates();
    var snapshot = at.api().get("/api/workspaces/" + at.id() + "/snapshot");
    assertThat(snapshot.text().length()).isLessThan(ANSWER_MAX);
    assertThat(snapshot.ok().get("agents").size()).isEqualTo(ROWS);
    assertThat(snapshot.ok().get("agents_left_out").asInt()).isZero();
  }

  @Test
  void skills() {
    insert(
        """
        INSERT INTO skill (workspace_id, name, content)
        SELECT :w, 'S & ' || n, repeat('x', 250000) FROM generate_series(1, :n) n
        """);

    assertThat(ids(pages(in("/api/skills")))).hasSize(ROWS).doesNotHaveDuplicates();
  }

  @Test
  void runtimes() {
    var count = 2_500;
    at.db()
        .sql(
            """
            INSERT INTO runtime (workspace_id, daemon_id, name, provider, labels)
            SELECT :w, 'd' || n, repeat('x', 500), 'claude', jsonb_build_object('k', repeat('x', 3000))
              FROM generate_series(1, :n) n
            """)
        .param("w", at.id())
        .param("n", count)
        .update();

    assertThat(ids(pages(in("/api/runtimes")))).hasSize(count).doesNotHaveDuplicates();
    var snapshot = at.api().get("/api/workspaces/" + at.id() + "/snapshot").ok();
    assertThat(snapshot.get("runtimes_left_out").asInt())
        .isPositive()
        .isEqualTo(count - snapshot.get("runtimes").size());
  }

  @Test
  void messagesAndResultsOfTasks() {
    var runtime = at.api().newRuntime(at.id(), "d", "claude", 1);
    var agent = at.newAgent(runtime, "");
    var task = at.newTask(agent, "");
    at.db()
        .sql(
            """
            INSERT INTO task_message (task_id, claim_generation, seq, type, content, output)
            SELECT :task, 0, n, 'text', repeat('x', 125000), repeat('y', 125000) FROM generate_series(1, :n) n
            """)
        .param("task", task)
        .param("n", ROWS)
        .update();
    at.db()
        .sql(
            """
            INSERT INTO task (workspace_id, agent_id, issue_id, pinned, status, result)
            SELECT workspace_id, agent_id, issue_id, true, 'completed', jsonb_build_object('output', repeat('x', 250000))
              FROM task, generate_series(1, :n) WHERE id = :task
            """)
        .param("task", task)
        .param("n", ROWS)
        .update();

    var said = pages("/api/tasks/" + task + "/messages?x=1");

    assertThat(said.stream().map(message -> message.get("seq").asInt()).toList())
        .hasSize(ROWS)
        .isSorted()
        .doesNotHaveDuplicates();
    assertThat(tasks()).hasSize(ROWS + 1).doesNotHaveDuplicates();
    assertThat(at.api().get("/api/agents/" + agent + "/tasks").text().length())
        .isLessThan(ANSWER_MAX);
  }

  private List<String> tasks() {
    var read = new ArrayList<String>();
    var cursor = "";
    while (true) {
      var answer = at.api().get(in("/api/tasks") + "&limit=500" + cursor);
      assertThat(answer.text().length()).isLessThan(ANSWER_MAX);
      var page = answer.ok();
      read.addAll(ids(page.get("tasks")));
      if (page.get("next").isNull()) {
        return read;
      }
      cursor = "&cursor=" + page.get("next").asString();
    }
  }

  @Test
  void aSkillCannotBeLongerThanAnAnswer() {
    var skill = Api.id(at.api().post(in("/api/skills"), "{\"name\":\"S\"}").ok());
    var text = "x".repeat(250_000);
    var written = 0;
    Api.Answer answer;
    do {
      answer =
          at.api()
              .put(
                  "/api/skills/" + skill + "/files",
                  "{\"path\":\"f%d\",\"content\":\"%s\"}".formatted(written++, text));
    } while (answer.status() == 200 && written < 20);

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.json().get("field").asString()).isEqualTo("content");
    assertThat(written).isEqualTo(9);
    assertThat(at.api().get("/api/skills/" + skill + "/files").ok().size()).isEqualTo(8);
  }
}
