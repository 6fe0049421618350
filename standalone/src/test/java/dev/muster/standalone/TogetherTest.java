package dev.muster.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.DriverManager;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Writes that arrive at the same time share a statement, and nothing else.
class TogetherTest {
  private static final int TASKS = 24;

  private TestWorkspace at = TestWorkspace.make();
  private Api stranger = at.api();
  private UUID runtime = new UUID(0, 0);
  private final List<UUID> tasks = new ArrayList<>();

  @BeforeEach
  void aRuntimeWithTasksAndAStranger() {
    at = TestWorkspace.make();
    runtime = at.api().newRuntime(at.id(), "dm1", "claude", TASKS);
    var agent = at.newAgent(runtime, ",\"max_concurrent_tasks\":" + TASKS);
    for (var i = 0; i < TASKS; i++) {
      tasks.add(at.newTask(agent, ""));
    }
    var elsewhere = TestWorkspace.make();
    var token =
        elsewhere
            .api()
            .post(
                "/api/workspaces/%s/service-tokens".formatted(elsewhere.id()),
                "{\"name\":\"stranger\",\"scope\":\"daemon\"}")
            .ok()
            .get("token")
            .asString();
    stranger = new Api(at.api().url(), token);
  }

  @AfterEach
  void theFeedHoldsItsGuarantees() {
    at.muster().feed().complete(at.muster(), at.id());
  }

  private static <T> List<T> atOnce(List<Callable<T>> calls) throws Exception {
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var answers = new ArrayList<T>();
      for (Future<T> answer : threads.invokeAll(calls)) {
        answers.add(answer.get());
      }
      return answers;
    }
  }

  private void claimAll() throws Exception {
    var claims = new ArrayList<Callable<UUID>>();
    tasks.forEach(_ -> claims.add(() -> Api.id(at.api().claim(runtime, 20))));
    assertThat(atOnce(claims)).containsExactlyInAnyOrderElementsOf(tasks);
  }

  /// For each task: by who holds it, by who once held it, by a member of another workspace.
  private List<Integer> allWrite(String verb) throws Exception {
    var writes = new ArrayList<Callable<Integer>>();
    for (var task : tasks) {
      var path = "/api/daemon/tasks/%s/%s".formatted(task, verb);
      var body = "{\"output\":\"by %s\"}".formatted(task);
      writes.add(() -> at.write(task, verb, 7, "{\"output\":\"late\"}").status());
      writes.add(() -> stranger.post(path, "{\"output\":\"foreign\"}").status());
      writes.add(() -> at.write(task, verb, 1, body).status());
    }
    return atOnce(writes);
  }

  @Test
  void eachIsGuardedByItsOwnClaimAndWorkspace() throws Exception {
    claimAll();

    var starts = allWrite("start");
    var completions = allWrite("complete");

    for (var i = 0; i < TASKS; i++) {
      assertThat(starts.subList(3 * i, 3 * i + 3)).containsExactly(409, 404, 200);
      assertThat(completions.subList(3 * i, 3 * i + 3)).containsExactly(409, 404, 200);
      var task = at.task(tasks.get(i));
      assertThat(task.get("status").asString()).isEqualTo("completed");
      assertThat(task.get("result").get("output").asString()).isEqualTo("by " + tasks.get(i));
      assertThat(at.story(tasks.get(i)))
          .containsExactly(
              "task.queued", "task.assigned", "task.dispatched", "task.running", "task.completed");
    }
  }

  private Callable<UUID> claim(int key) {
    var path = "/api/daemon/runtimes/%s/tasks/claim".formatted(runtime);
    return () ->
        Api.id(at.api().post(path, "{}", "Idempotency-Key", "key-" + key).ok().get("task"));
  }

  @Test
  void aClaimIsGivenToTheKeyItWasMadeWith() throws Exception {
    var claims = IntStream.range(0, TASKS).mapToObj(this::claim).toList();

    var claimed = atOnce(claims);

    assertThat(claimed).containsExactlyInAnyOrderElementsOf(tasks);
    assertThat(atOnce(claims)).isEqualTo(claimed);
  }

  @Test
  void aClaimThatIsSentTwiceAtOnceIsGivenOneTask() throws Exception {
    var claimed = atOnce(IntStream.range(0, 2 * TASKS).mapToObj(i -> claim(i / 2)).toList());

    for (var i = 0; i < TASKS; i++) {
      assertThat(claimed.get(2 * i)).isEqualTo(claimed.get(2 * i + 1));
    }
    assertThat(new HashSet<>(claimed)).containsExactlyInAnyOrderElementsOf(tasks);
  }

  @Test
  void whatSomebodyHasLockedHoldsUpNobodyElse() throws Exception {
    claimAll();
    var locked = tasks.getFirst();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor();
        var other = DriverManager.getConnection(TestServers.get().jdbcUrl())) {
      lock(other, locked);
      var waits = threads.submit(() -> at.write(locked, "start", 1, "{}").status());
      var starts = new ArrayList<Callable<Integer>>();
      tasks.stream()
          .skip(1)
          .forEach(task -> starts.add(() -> at.write(task, "start", 1, "{}").status()));

      assertThat(atOnce(starts)).containsOnly(200);

      assertThat(waits.isDone()).isFalse();
      other.rollback();
      assertThat(waits.get()).isEqualTo(200);
    }
  }

  private static void lock(Connection other, UUID task) throws Exception {
    other.setAutoCommit(false);
    try (var statement = other.prepareStatement("SELECT id FROM task WHERE id = ? FOR UPDATE")) {
      statement.setObject(1, task);
      statement.execute();
    }
  }
}
