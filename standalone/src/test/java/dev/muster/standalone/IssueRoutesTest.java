package dev.muster.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/// What today's Multica command line asks for, beside what it always did.
class IssueRoutesTest {
  private final TestWorkspace at = TestWorkspace.make();
  private final Api api = at.api();
  private final String in = "?workspace_id=" + at.id();

  private UUID newIssue(String title, String more) {
    return Api.id(api.post("/api/issues" + in, "{\"title\":\"%s\"%s}".formatted(title, more)).ok());
  }

  private UUID comment(UUID issue, String text, String parent) {
    return Api.id(
        api.post(
                "/api/issues/" + issue + "/comments",
                "{\"content\":\"%s\",\"parent_id\":\"%s\"}".formatted(text, parent))
            .ok());
  }

  private Api.Answer comments(UUID issue, String query) {
    return api.get("/api/issues/" + issue + "/comments?" + query);
  }

  private static List<String> contents(Api.Answer answer) {
    return answer.ok().valueStream().map(comment -> comment.get("content").asString()).toList();
  }

  private static String header(Api.Answer answer, String name) {
    return answer.response().headers().firstValue(name).orElse("");
  }

  /// Two threads: one with five replies, the third to the second, and a younger one without any.
  private record Threads(UUID issue, UUID first, List<UUID> replies, UUID second) {}

  private Threads threads() {
    var issue = newIssue("Threads", "");
    var first = comment(issue, "first", "");
    var replies = new ArrayList<UUID>();
    for (var i = 1; i <= 5; i++) {
      replies.add(comment(issue, "r" + i, (i == 3 ? replies.get(1) : first).toString()));
    }
    return new Threads(issue, first, replies, comment(issue, "second", ""));
  }

  @Test
  void commentsSinceATimeAreThoseWrittenLater() {
    var threads = threads();
    var third =
        at.db()
            .sql(
                "SELECT to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"') FROM comment WHERE id = :id")
            .param("id", threads.replies().get(2))
            .query(String.class)
            .single();

    assertThat(contents(comments(threads.issue(), "since=" + third)))
        .containsExactly("r4", "r5", "second");
    assertThat(contents(comments(threads.issue(), "since=" + third + "&thread=" + threads.first())))
        .containsExactly("r4", "r5");
    assertThat(contents(comments(threads.issue(), "since=2099-01-01T00:00:00%2B02:00"))).isEmpty();
    assertThat(contents(comments(threads.issue(), "fold=true"))).hasSize(7);
  }

  @Test
  void aFileIsRefusedWithWordsThatAnAgentCanActUpon() {
    var refused =
        api.post(
            "/api/upload-file",
            "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\na\r\n--x--",
            "Content-Type",
            "multipart/form-data; boundary=x");

    assertThat(refused.status()).isEqualTo(422);
    assertThat(refused.json().get("error").asString()).contains("put the text into the comment");
  }

  @Test
  void aThreadIsFoundByAnyOfItsComments() {
    var threads = threads();

    for (var anchor :
        List.of(threads.first(), threads.replies().get(2), threads.replies().get(4))) {
      assertThat(contents(comments(threads.issue(), "thread=" + anchor)))
          .containsExactly("first", "r1", "r2", "r3", "r4", "r5");
    }
    var other = comment(newIssue("Other", ""), "elsewhere", "");
    assertThat(comments(threads.issue(), "thread=" + other).text())
        .contains("thread anchor not found in this issue");
    assertThat(comments(threads.issue(), "thread=" + other).status()).isEqualTo(404);
  }

  @Test
  void theTailOfAThreadIsItsRootAndTheNewestRepliesPageByPage() {
    var threads = threads();
    var query = "thread=" + threads.first() + "&tail=2";

    var newest = comments(threads.issue(), query);
    var older = comments(threads.issue(), query + next(newest));
    var oldest = comments(threads.issue(), query + next(older));

    assertThat(contents(newest)).containsExactly("first", "r4", "r5");
    assertThat(contents(older)).containsExactly("first", "r2", "r3");
    assertThat(contents(oldest)).containsExactly("first", "r1");
    assertThat(next(oldest)).isEmpty();
    assertThat(contents(comments(threads.issue(), "thread=" + threads.first() + "&tail=0")))
        .containsExactly("first");
  }

  private static String next(Api.Answer answer) {
    var at = header(answer, "X-Multica-Next-Before");
    return at.isEmpty()
        ? ""
        : "&before=%s&before_id=%s".formatted(at, header(answer, "X-Multica-Next-Before-Id"));
  }

  @Test
  void recentThreadsAreThoseInWhichSomethingWasSaidLast() {
    var threads = threads();
    comment(threads.issue(), "late", threads.first().toString());

    var newest = comments(threads.issue(), "recent=1");
    var older = comments(threads.issue(), "recent=1" + next(newest));

    assertThat(contents(newest)).containsExactly("first", "r1", "r2", "r3", "r4", "r5", "late");
    assertThat(contents(older)).containsExactly("second");
    assertThat(next(older)).isEmpty();
  }

  @Test
  void rootsSayHowManyFollowAndSummariesAreShort() {
    var threads = threads();
    comment(threads.issue(), "x".repeat(300), "");

    var roots = comments(threads.issue(), "roots_only=true&summary=true").ok();

    assertThat(roots).hasSize(3);
    assertThat(roots.get(0).get("reply_count").asInt()).isEqualTo(5);
    assertThat(roots.get(1).get("reply_count").asInt()).isZero();
    assertThat(roots.get(0).get("content_truncated").asBoolean()).isFalse();
    assertThat(roots.get(2).get("content_truncated").asBoolean()).isTrue();
    assertThat(roots.get(2).get("content").asString()).isEqualTo("x".repeat(200));
    assertThat(roots.get(0).get("id").asString()).isEqualTo(threads.first().toString());
  }

  @Test
  void whatContradictsItselfIsRefused() {
    var threads = threads();
    var thread = "thread=" + threads.first();

    for (var query :
        List.of(
            "fold=true&since=2026-01-01T00:00:00Z",
            "fold=true&" + thread + "&tail=1",
            "fold=true&roots_only=true",
            thread + "&recent=1",
            "tail=3",
            "before=2026-01-01T00:00:00Z&before_id=" + threads.first(),
            "recent=1&before=2026-01-01T00:00:00Z",
            "recent=0",
            "recent=x",
            "since=yesterday",
            "summary=perhaps")) {
      var answer = comments(threads.issue(), query);
      assertThat(answer.status()).as(query).isEqualTo(400);
      assertThat(answer.json().get("field").asString()).as(query).isNotEmpty();
    }
  }

  @Test
  void anIssueHasChildren() {
    var parent = newIssue("Parent", "");
    var children =
        IntStream.range(0, 3)
            .mapToObj(i -> newIssue("Part " + i, ",\"parent_issue_id\":\"%s\"".formatted(parent)))
            .toList();

    var answer = api.get("/api/issues/" + parent + "/children").ok().get("issues");

    assertThat(answer.valueStream().map(Api::id)).containsExactlyElementsOf(children);
  }

  @Test
  void metadataIsSetReadAndRemoved() {
    var path = "/api/issues/" + newIssue("Noted", "") + "/metadata";

    api.put(path + "/branch", "{\"value\":\"feature/x\"}").ok();
    api.put(path + "/tries", "{\"value\":3}").ok();
    var all = api.put(path + "/is.done", "{\"value\":true}").ok();

    assertThat(all.toString())
        .isEqualTo("{\"metadata\":{\"branch\":\"feature/x\",\"is.done\":true,\"tries\":3}}");
    assertThat(api.get(path).ok()).isEqualTo(all);
    assertThat(api.delete(path + "/tries").ok().get("metadata")).hasSize(2);
    at.muster().feed().complete(at.muster(), at.id());
    assertThat(at.count("issue.updated")).isEqualTo(4);
  }

  @Test
  void metadataHasLimits() {
    var path = "/api/issues/" + newIssue("Noted", "") + "/metadata/";

    for (var value : List.of("null", "[]", "{}", "{\"a\":1}")) {
      assertThat(api.put(path + "k", "{\"value\":%s}".formatted(value)).status()).isEqualTo(400);
    }
    assertThat(api.put(path + "k".repeat(65), "{\"value\":1}").status()).isEqualTo(400);
    assertThat(api.put(path + "a%20b", "{\"value\":1}").status()).isEqualTo(400);
    assertThat(api.put(path + "k", "{\"value\":\"%s\"}".formatted("x".repeat(8_200))).status())
        .isEqualTo(400);
    for (var i = 0; i < 50; i++) {
      api.put(path + "k" + i, "{\"value\":1}").ok();
    }
    assertThat(api.put(path + "one-more", "{\"value\":1}").status()).isEqualTo(400);
    assertThat(api.put(path + "k0", "{\"value\":2}").ok().get("metadata")).hasSize(50);
  }

  @Test
  void issuesAreFoundByWhatTheyAndTheirCommentsSay() {
    var word = "zebra" + Long.toHexString(System.nanoTime());
    var inTitle = newIssue("A " + word + " here", "");
    var inDescription = newIssue("B", ",\"description\":\"long before %s after\"".formatted(word));
    var inComment = newIssue("C", "");
    comment(inComment, "has a " + word.toUpperCase(java.util.Locale.ROOT), "");
    newIssue("D " + word, ",\"status\":\"done\"");
    newIssue("100%", "");

    var found = api.get("/api/issues/search" + in + "&q=" + word).ok();

    assertThat(found.get("issues").valueStream().map(Api::id))
        .containsExactly(inTitle, inDescription, inComment);
    assertThat(texts(found, "match_source")).containsExactly("title", "description", "comment");
    assertThat(found.get("issues").get(1).get("matched_snippet").asString()).contains(word);
    assertThat(found.get("total").asInt()).isEqualTo(3);
    var few = api.get("/api/issues/search" + in + "&include_closed=true&limit=2&q=" + word).ok();
    assertThat(few.get("issues")).hasSize(2);
    assertThat(few.get("total").asInt()).isEqualTo(4);
    assertThat(api.get("/api/issues/search" + in + "&q=0%25").ok().get("issues")).hasSize(1);
    assertThat(api.get("/api/issues/search" + in + "&q=0_").ok().get("issues")).isEmpty();
    assertThat(api.get("/api/issues/search" + in + "&q=").status()).isEqualTo(400);
  }

  private static List<String> texts(JsonNode found, String field) {
    return found.get("issues").valueStream().map(issue -> issue.get(field).asString()).toList();
  }

  @Test
  void anIssueIsRunAgainByItsAgent() {
    var runtime = api.newRuntime(at.id(), "dm1", "claude", 2);
    var agent = at.newAgent(runtime, "");
    var issue = api.newIssue(at.id(), agent);
    var first = Api.id(api.claim(runtime, 20));
    api.start(first).ok();
    var path = "/api/issues/" + issue;

    var again = api.post(path + "/rerun", "{}");
    assertThat(api.claim(runtime).isNull()).as("it waits behind the one that runs").isTrue();
    api.complete(first, "done").ok();
    var sameAgain = api.post(path + "/rerun", "{\"task_id\":\"%s\"}".formatted(first));

    assertThat(again.status()).isEqualTo(202);
    assertThat(Api.id(sameAgain.ok())).isEqualTo(Api.id(again.ok()));
    assertThat(again.ok().get("agent_id").asString()).isEqualTo(agent.toString());
    var runs = api.get(path + "/task-runs").ok();
    assertThat(runs.valueStream().map(Api::id)).containsExactly(Api.id(again.ok()), first);
    assertThat(runs.get(1).get("status").asString()).isEqualTo("completed");
  }

  @Test
  void anIssueWithoutAnAgentIsNotRunAgain() {
    var runtime = api.newRuntime(at.id(), "dm1", "claude", 2);
    var task = at.newTask(at.newAgent(runtime, ""), "");
    var issue = newIssue("Nobody's", "");

    var nobody = api.post("/api/issues/" + issue + "/rerun", "{}");
    var another =
        api.post("/api/issues/" + issue + "/rerun", "{\"task_id\":\"%s\"}".formatted(task));

    assertThat(nobody.status()).isEqualTo(400);
    assertThat(nobody.json().get("error").asString())
        .isEqualTo("issue is not assigned to an agent");
    assertThat(another.status()).isEqualTo(400);
  }

  private List<String> titles(String query) {
    var list = api.get("/api/issues" + in + query).ok().get("issues");
    return list.valueStream().map(issue -> issue.get("title").asString()).toList();
  }

  @Test
  void issuesAreListedInTheOrderAskedFor() {
    newIssue("b", ",\"priority\":\"low\",\"due_date\":\"2030-01-02T00:00:00Z\"");
    newIssue("C", ",\"priority\":\"urgent\"");
    var a = newIssue("a", ",\"due_date\":\"2030-01-01T00:00:00Z\"");
    api.put("/api/issues/" + a, "{\"description\":\"changed\"}").ok();

    assertThat(titles("&sort=created_at")).containsExactly("b", "C", "a");
    assertThat(titles("&sort=created_at&direction=desc")).containsExactly("a", "C", "b");
    assertThat(titles("&sort=updated_at&direction=desc")).startsWith("a");
    assertThat(titles("&sort=priority&direction=desc")).containsExactly("C", "b", "a");
    assertThat(titles("&sort=due_date")).containsExactly("a", "b", "C");
    assertThat(titles("&sort=title&direction=asc")).containsExactly("a", "b", "C");
    assertThat(titles("&sort=created_at&limit=1&offset=1")).containsExactly("C");
    assertThat(titles("")).isEqualTo(titles("&sort=position"));
  }

  @Test
  void issuesAreListedByTheirMetadata() {
    var noted = newIssue("noted", "");
    newIssue("other", "");
    api.put("/api/issues/" + noted + "/metadata/branch", "{\"value\":\"x\"}").ok();
    api.put("/api/issues/" + noted + "/metadata/tries", "{\"value\":3}").ok();

    assertThat(titles("&metadata=" + encoded("{\"branch\":\"x\",\"tries\":3}")))
        .containsExactly("noted");
    assertThat(titles("&metadata=" + encoded("{\"branch\":\"x\",\"tries\":\"3\"}"))).isEmpty();
    assertThat(titles("&metadata=" + encoded("{}"))).hasSize(2);
  }

  private static String encoded(String text) {
    return java.net.URLEncoder.encode(text, java.nio.charset.StandardCharsets.UTF_8);
  }

  @Test
  void aListThatCannotBeIsRefused() {
    for (var query :
        List.of(
            "&sort=colour",
            "&sort=title&direction=up",
            "&metadata=x",
            "&metadata=%5B%5D",
            "&project_id=" + UUID.randomUUID())) {
      assertThat(api.get("/api/issues" + in + query).status()).as(query).isEqualTo(400);
    }
  }

  @Test
  void thereAreNoSquads() {
    assertThat(api.get("/api/squads" + in).text()).isEqualTo("[]");
  }
}
