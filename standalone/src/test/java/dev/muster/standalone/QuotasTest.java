package dev.muster.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What one workspace may have: past it nothing is made, and the answer says what there may be.
class QuotasTest {
  private TestWorkspace at = TestWorkspace.make();

  @BeforeEach
  void aWorkspace() {
    at = TestWorkspace.make();
  }

  private String in(String path) {
    return path + "?workspace_id=" + at.id();
  }

  private void fill(String sql, int rows) {
    at.db().sql(sql).param("w", at.id()).param("n", rows).update();
  }

  private void refused(Api.Answer answer, String quota, int max) {
    assertThat(answer.status()).as(answer.text()).isEqualTo(409);
    assertThat(answer.json().get("quota").asString()).isEqualTo(quota);
    assertThat(answer.json().get("max").asInt()).isEqualTo(max);
    assertThat(answer.json().get("detail").asString()).contains(max + " " + quota);
  }

  @Test
  void runtimesThatAreKnownMayStillRegister() {
    fill(
        """
        INSERT INTO runtime (workspace_id, daemon_id, name, provider)
        SELECT :w, 'd' || n, 'R', 'claude' FROM generate_series(1, :n) n
        """,
        10_000);

    var body =
        """
        {"workspace_id":"%s","daemon_id":"%s","runtimes":[{"type":"claude"}]}
        """;
    refused(
        at.api().post("/api/daemon/register", body.formatted(at.id(), "new")), "runtimes", 10_000);
    at.api().post("/api/daemon/register", body.formatted(at.id(), "d7")).ok();
  }

  @Test
  void agents() {
    fill(
        """
        INSERT INTO agent (workspace_id, provider, name)
        SELECT :w, 'claude', 'A' FROM generate_series(1, :n) n
        """,
        999);

    at.api().post(in("/api/agents"), "{\"name\":\"Last\",\"provider\":\"claude\"}").ok();
    refused(
        at.api().post(in("/api/agents"), "{\"name\":\"More\",\"provider\":\"claude\"}"),
        "agents",
        1_000);
  }

  @Test
  void skills() {
    fill(
        "INSERT INTO skill (workspace_id, name) SELECT :w, 'S' || n FROM generate_series(1, :n) n",
        1_000);

    refused(at.api().post(in("/api/skills"), "{\"name\":\"More\"}"), "skills", 1_000);
  }

  @Test
  void commentsOfAnIssue() {
    var issue = Api.id(at.api().post(in("/api/issues"), "{\"title\":\"T\"}").ok());
    at.db()
        .sql(
            """
            INSERT INTO comment (issue_id, author_type, author_id, content)
            SELECT :issue, 'member', gen_random_uuid(), 'c' FROM generate_series(1, 10000)
            """)
        .param("issue", issue)
        .update();

    refused(
        at.api().post("/api/issues/" + issue + "/comments", "{\"content\":\"c\"}"),
        "comments",
        10_000);
  }
}
