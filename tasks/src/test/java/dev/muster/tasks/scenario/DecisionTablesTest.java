package dev.muster.tasks.scenario;

import static dev.muster.tasks.memory.Scene.claim;
import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.events.id.AgentId;
import dev.muster.events.id.RuntimeId;
import dev.muster.events.id.TaskId;
import dev.muster.events.task.DeadlineReason;
import dev.muster.events.task.FailureReason;
import dev.muster.events.task.TaskState;
import dev.muster.tasks.command.ClaimAnswer;
import dev.muster.tasks.command.Limits;
import dev.muster.tasks.command.Priority;
import dev.muster.tasks.command.Said;
import dev.muster.tasks.command.TaskCommand;
import dev.muster.tasks.command.TaskTerms;
import dev.muster.tasks.command.WaitingReason;
import dev.muster.tasks.decide.Decider;
import dev.muster.tasks.decide.Intake;
import dev.muster.tasks.decide.Situation;
import dev.muster.tasks.decide.Situation.AgentFacts;
import dev.muster.tasks.decide.Task;
import dev.muster.tasks.memory.MemoryDeadlines;
import dev.muster.tasks.memory.Rows;
import dev.muster.tasks.memory.Scene;
import dev.muster.tasks.memory.Scene.Terms;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/// What is decided of claims, retries, deadlines and waiting tasks, case by case.
class DecisionTablesTest {
  private final Scene scene = new Scene();

  @ParameterizedTest
  @CsvSource({
    // runtime's cap, agent's cap, tasks made, claims, given
    "1, 9, 3, 3, 1",
    "2, 9, 3, 3, 2",
    "9, 1, 3, 3, 1",
    "9, 2, 3, 3, 2",
    "9, 9, 2, 3, 2",
    "9, 9, 3, 2, 2",
    "2, 3, 9, 9, 2",
    "3, 2, 9, 9, 2"
  })
  void capsHoldInOneBatchAndOverMany(int runtimeCap, int agentCap, int made, int asked, int given) {
    var runtime = scene.runtime(runtimeCap);
    var agent = scene.agent(runtime, Terms.cap(agentCap));
    assertThat(given(together(runtime, agent, made, asked))).isEqualTo(given);

    var next = new Scene();
    var otherRuntime = next.runtime(runtimeCap);
    var otherAgent = next.agent(otherRuntime, Terms.cap(agentCap));
    for (var i = 0; i < made; i++) {
      var _ = next.queue(otherAgent);
    }
    var oneByOne = 0;
    for (var i = 0; i < asked; i++) {
      oneByOne += next.claimed(otherRuntime) == null ? 0 : 1;
    }
    assertThat(oneByOne).isEqualTo(given);
  }

  private List<?> together(RuntimeId runtime, AgentId agent, int made, int asked) {
    var batch = new ArrayList<TaskCommand<?>>();
    for (var i = 0; i < made; i++) {
      batch.add(scene.create(agent));
    }
    for (var i = 0; i < asked; i++) {
      batch.add(claim(runtime));
    }
    return scene.together(batch);
  }

  private static long given(List<?> answers) {
    return answers.stream().filter(ClaimAnswer.Claimed.class::isInstance).count();
  }

  @ParameterizedTest
  @CsvSource({
    // intake of agent and runtime, whether the agent's budget is used up, what is given
    "OPEN, OPEN, false, 1",
    "PAUSED, OPEN, false, 0",
    "DRAINING, OPEN, false, 1",
    "OPEN, PAUSED, false, 0",
    "OPEN, DRAINING, false, 0",
    "OPEN, OPEN, true, 0"
  })
  void whatIsPausedOrUsedUpGetsNothing(
      Intake agentIntake, Intake runtimeIntake, boolean isUsedUp, int given) {
    var runtime = scene.runtime(1, false, runtimeIntake);
    var agent = scene.agent(runtime, Terms.ROOMY);
    var _ = scene.queue(agent);
    var until = isUsedUp ? scene.rows.now.plusSeconds(60) : null;
    var changed = scene.agent(runtime, new Terms(9, null, agentIntake, until));
    var facts = Objects.requireNonNull(scene.rows.agents.remove(changed));
    scene.rows.agents.put(agent, with(facts, agent));
    assertThat(scene.claimed(runtime) == null ? 0 : 1).isEqualTo(given);
  }

  private static AgentFacts with(AgentFacts facts, AgentId id) {
    return new AgentFacts(
        id,
        facts.workspace(),
        facts.runtime(),
        facts.provider(),
        facts.labelsJson(),
        facts.labels(),
        facts.name(),
        facts.description(),
        facts.intake(),
        facts.visibility(),
        facts.owner(),
        facts.maxConcurrentTasks(),
        facts.ratePerMinute(),
        null,
        null,
        facts.stoppedUntil(),
        facts.limits(),
        null);
  }

  @ParameterizedTest
  @CsvSource({
    // priorities in the order in which the tasks come, a minute apart; the order they are given in
    "none none none, 0 1 2",
    "none low medium, 2 1 0",
    "urgent high medium, 0 1 2",
    "none urgent none, 1 0 2"
  })
  void anAgentsTasksAreGivenInTheOrderOfTheirRank(String priorities, String order) {
    var runtime = scene.runtime(9);
    var agent = scene.agent(runtime, Terms.ROOMY);
    var tasks = new ArrayList<TaskId>();
    for (var priority : priorities.split(" ", -1)) {
      tasks.add(scene.queue(agent, TaskTerms.of(Priority.of(priority))));
      scene.pass(Duration.ofMinutes(1));
    }
    var given = new ArrayList<String>();
    for (var _ : tasks) {
      given.add(String.valueOf(tasks.indexOf(scene.claimed(runtime))));
    }
    assertThat(String.join(" ", given)).isEqualTo(order);
  }

  /// The store leaves such a task out. The Decider does not rely on that.
  @Test
  void aTaskWhoseAgentIsAtWorkOnTheIssueIsNotGiven() {
    var runtime = scene.runtime(9);
    var agent = scene.agent(runtime, Terms.ROOMY);
    var task = scene.task(scene.queue(agent));
    try (var transaction = scene.store.begin()) {
      var situation = transaction.load(List.of(claim(runtime)), false);
      situation.activePairs.add(new Situation.Pair(agent, task.issue()));
      var decision =
          new Decider(Scene.DEADLINES)
              .decide(List.of(claim(runtime)), situation, new SplittableRandom(1), false);
      assertThat(decision.answers()).containsExactly(new ClaimAnswer.Nothing());
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = FailureReason.class,
      mode = EnumSource.Mode.EXCLUDE,
      names = {"EXPIRED", "CANCELLED"})
  void anAttemptIsFollowedByAnotherIfItsReasonIsWorthOne(FailureReason reason) {
    var runtime = scene.runtime(1);
    var agent = scene.agent(runtime, Terms.ROOMY);
    var task = scene.running(agent, runtime, new TaskTerms(0, null, Limits.NONE, null, 3));
    var said = new Said.Fail(reason, "broken", Said.LeftSession.NONE);
    var _ = scene.say(task, reason == FailureReason.RELEASED ? new Said.Release() : said);
    var row = scene.task(task);
    if (!reason.isRetried()) {
      assertThat(row.state()).isEqualTo(TaskState.FAILED);
      assertThat(scene.rows.comments).hasSize(1);
    } else if (!reason.costsAttempt()) {
      assertThat(row.state()).isEqualTo(TaskState.QUEUED);
      assertThat(row.attempt()).isEqualTo(1);
      assertThat(row.place().ready()).isTrue();
      assertThat(scene.claimed(runtime)).isEqualTo(task);
    } else {
      assertThat(row.state()).isEqualTo(TaskState.QUEUED);
      assertThat(row.attempt()).isEqualTo(2);
      assertThat(row.place().ready()).isFalse();
      assertThat(scene.claimed(runtime)).isNull();
      assertThat(scene.rows.comments).isEmpty();
    }
  }

  @Test
  void thePauseBeforeAnotherAttemptGrowsAndIsBounded() {
    var runtime = scene.runtime(1);
    var agent = scene.agent(runtime, Terms.ROOMY);
    var task = scene.running(agent, runtime, new TaskTerms(0, null, Limits.NONE, null, 12));
    var most = Duration.ZERO;
    for (var attempt = 1; attempt < 12; attempt++) {
      var _ =
          scene.say(
              task, new Said.Fail(FailureReason.PROVIDER_UNAVAILABLE, "", Said.LeftSession.NONE));
      var pause =
          Duration.between(
              scene.rows.now, Objects.requireNonNull(scene.task(task).place().runAfter()));
      var bound = Math.min(600_000, 5_000L << (attempt - 1));
      assertThat(pause).isBetween(Duration.ZERO, Duration.ofMillis(bound));
      most = pause.compareTo(most) > 0 ? pause : most;
      scene.pass(Duration.ofMinutes(11));
      assertThat(scene.claimed(runtime)).isEqualTo(task);
      var _ = scene.say(task, new Said.Start());
    }
    assertThat(most).isGreaterThan(Duration.ofMinutes(1));
    var _ =
        scene.say(
            task, new Said.Fail(FailureReason.PROVIDER_UNAVAILABLE, "", Said.LeftSession.NONE));
    assertThat(scene.task(task).state()).isEqualTo(TaskState.FAILED);
  }

  @Test
  void aTaskThatIsGivenBackAgainAndAgainWaitsLongerEachTimeAndComesToAnEnd() {
    var runtime = scene.runtime(1);
    var agent = scene.agent(runtime, Terms.ROOMY);
    var task = scene.queue(agent, new TaskTerms(0, null, Limits.NONE, null, 2));
    var before = Duration.ZERO;
    for (var time = 0; time < 20; time++) {
      assertThat(scene.claimed(runtime)).isEqualTo(task);
      var _ = scene.say(task, new Said.Release());
      var row = scene.task(task);
      assertThat(row.attempt()).isEqualTo(1);
      assertThat(row.place().ready()).isEqualTo(time == 0);
      if (time > 0) {
        var pause =
            Duration.between(scene.rows.now, Objects.requireNonNull(row.place().runAfter()));
        var most = Math.min(600_000, 1_000L << (time - 1));
        assertThat(pause).isBetween(Duration.ofMillis(most / 2), Duration.ofMillis(most));
        assertThat(pause).isGreaterThanOrEqualTo(before.dividedBy(2));
        before = pause;
      }
      scene.pass(Duration.ofMinutes(11));
    }
    for (var last = 0; last < 2; last++) {
      assertThat(scene.claimed(runtime)).isEqualTo(task);
      var _ = scene.say(task, new Said.Release());
      scene.pass(Duration.ofMinutes(11));
    }
    assertThat(scene.task(task).state()).isEqualTo(TaskState.FAILED);
    assertThat(scene.task(task).end().reason()).isEqualTo(FailureReason.RELEASED);
  }

  /// What a passed deadline does to a task in a state; where it means nothing there, the deadline
  /// is put right and the task stays as it is.
  @ParameterizedTest
  @CsvSource({
    "READY, queued, meaningless",
    "READY, waiting, queued",
    "READY, dispatched, meaningless",
    "READY, running, meaningless",
    "ASSIGNED, queued, meaningless",
    "ASSIGNED, dispatched, meaningless",
    "ASSIGNED, running, meaningless",
    "EXPIRED, queued, failed",
    "EXPIRED, waiting, failed",
    "EXPIRED, dispatched, meaningless",
    "EXPIRED, running, meaningless",
    "DEADLINE_START, queued, meaningless",
    "DEADLINE_START, dispatched, queued",
    "DEADLINE_RUN, queued, meaningless",
    "DEADLINE_RUN, dispatched, meaningless",
    "DEADLINE_RUN, running, failed",
    "DEADLINE_IDLE, queued, meaningless",
    "DEADLINE_IDLE, dispatched, meaningless",
    "DEADLINE_IDLE, running, queued",
    "REPORT_LOST, queued, meaningless",
    "REPORT_LOST, running, queued",
    "RUNTIME_LOST, queued, meaningless",
    "RUNTIME_LOST, running, queued",
    "CANCELLED, queued, meaningless",
    "CANCELLED, dispatched, meaningless",
    "CANCELLED, running, meaningless",
    "CANCELLED, cancelling, cancelled",
    "DEADLINE_RUN, cancelling, cancelled",
    "DEADLINE_IDLE, cancelling, cancelled",
    "RUNTIME_LOST, cancelling, cancelled"
  })
  void aPassedDeadlineDoesWhatItsReasonSays(DeadlineReason reason, String state, String becomes) {
    var task = in(state);
    put(task, reason);
    var before = scene.task(task);
    var meaningless = scene.ask(new TaskCommand.PassDeadlines(List.of(task)));
    var after = scene.task(task);
    if (becomes.equals("meaningless")) {
      assertThat(meaningless).containsExactly(task);
      assertThat(after.state()).isEqualTo(before.state());
      assertThat(after.seq()).isEqualTo(before.seq());
      assertThat(after.deadline()).isNotEqualTo(before.deadline());
    } else {
      assertThat(meaningless).isEmpty();
      assertThat(after.state().wire()).isEqualTo(becomes);
      assertThat(after.seq()).isGreaterThan(before.seq());
    }
  }

  /// The task's own limits count, then its agent's, then what is usual: 12 hours, and any silence.
  @ParameterizedTest
  @CsvSource({
    ",     ,      ,     ,      DEADLINE_RUN, 43200",
    ",     ,      100,  ,      DEADLINE_RUN, 100",
    "50,   ,      100,  ,      DEADLINE_RUN, 50",
    "200,  ,      100,  ,      DEADLINE_RUN, 200",
    ",     ,      ,     70,    DEADLINE_IDLE, 70",
    ",     90,    ,     70,    DEADLINE_IDLE, 90",
    "50,   90,    ,     70,    DEADLINE_RUN, 50",
    "90,   90,    ,     ,      DEADLINE_RUN, 90",
    ",     60,    100,  ,      DEADLINE_IDLE, 60"
  })
  void aRunHasTheSoonerOfItsLimits(
      @Nullable Integer timeout,
      @Nullable Integer idle,
      @Nullable Integer agentTimeout,
      @Nullable Integer agentIdle,
      DeadlineReason reason,
      int seconds) {
    var runtime = scene.runtime(1);
    var agent = scene.agent(runtime, Terms.ROOMY.with(new Limits(agentTimeout, agentIdle)));
    var task =
        scene.running(agent, runtime, new TaskTerms(0, null, new Limits(timeout, idle), null, 2));

    assertThat(scene.task(task).deadline())
        .isEqualTo(new Task.Deadline(scene.rows.now.plusSeconds(seconds), reason));
  }

  @Test
  void anotherRunHasTheAgentsLimitsOfThenAndTheTasksOwn() {
    var runtime = scene.runtime(1);
    var agent = scene.agent(runtime, Terms.ROOMY.with(new Limits(50, 60)));
    var task = scene.running(agent, runtime, new TaskTerms(0, null, new Limits(null, 30), null, 2));
    var _ = scene.say(task, new Said.Fail(FailureReason.AGENT_ERROR, "", Said.LeftSession.NONE));
    var other = scene.agent(runtime, Terms.ROOMY.with(new Limits(500, null)));
    scene.rows.agents.put(agent, with(Objects.requireNonNull(scene.rows.agents.get(other)), agent));

    var again = scene.ask(scene.rerun(task)).orElseThrow();

    assertThat(scene.task(again).terms().limits()).isEqualTo(new Limits(500, 30));
  }

  @Test
  void aRunGoesOnAsLongAsItsAgentGivesSigns() {
    var runtime = scene.runtime(1);
    var limits = new Limits(200, 60);
    var task =
        scene.running(
            scene.agent(runtime, Terms.ROOMY), runtime, new TaskTerms(0, null, limits, null, 2));

    scene.pass(Duration.ofSeconds(50));
    scene.rows.heard.put(task, scene.rows.now);
    scene.pass(Duration.ofSeconds(50));
    assertThat(scene.task(task).state()).isEqualTo(TaskState.RUNNING);
    scene.pass(Duration.ofSeconds(11));

    assertThat(scene.task(task).state()).isEqualTo(TaskState.QUEUED);
    assertThat(scene.task(task).end().reason()).isEqualTo(FailureReason.DEADLINE_IDLE);
    assertThat(scene.task(task).attempt()).isEqualTo(2);
  }

  @Test
  void anAssignedTaskThatIsNotClaimedGoesElsewhere() {
    var first = scene.runtime(1);
    var task = scene.queue(scene.agent(null, Terms.ROOMY));
    assertThat(scene.ask(new TaskCommand.Assign(Map.of(task, first)))).isEqualTo(1);
    scene.pass(Duration.ofSeconds(31));
    assertThat(scene.task(task).place().runtime()).isNull();
    assertThat(scene.story(task)).containsExactly("task.queued", "task.assigned", "task.requeued");
  }

  @ParameterizedTest
  @CsvSource({"queued", "waiting", "dispatched", "running", "cancelling"})
  void aDeadlineThatHasNotPassedDoesNothing(String state) {
    var task = in(state);
    var before = scene.task(task);
    assertThat(scene.ask(new TaskCommand.PassDeadlines(List.of(task)))).isEmpty();
    assertThat(scene.task(task)).isEqualTo(before);
  }

  private TaskId in(String state) {
    var runtime = scene.runtime(1);
    var agent = scene.agent(runtime, Terms.ROOMY);
    var terms = TaskTerms.of(Priority.NONE);
    return switch (state) {
      case "queued" -> scene.queue(agent);
      case "waiting" ->
          scene.queue(
              agent, new TaskTerms(0, scene.rows.now.plusSeconds(60), Limits.NONE, null, 2));
      case "dispatched" -> new TaskId(scene.dispatched(agent, runtime, terms).id());
      case "running" -> scene.running(agent, runtime, terms);
      case "cancelling" -> {
        var task = scene.running(agent, runtime, terms);
        var _ = scene.ask(new TaskCommand.Cancel(task));
        yield task;
      }
      default -> throw new IllegalArgumentException(state);
    };
  }

  private void put(TaskId task, DeadlineReason reason) {
    var deadline = new Task.Deadline(scene.rows.now.minusSeconds(1), reason);
    scene.rows.tasks.put(task, MemoryDeadlines.with(scene.task(task), deadline));
  }

  @ParameterizedTest
  @CsvSource({
    "agent paused, AGENT_PAUSED",
    "budget, BUDGET_REACHED",
    "later, SCHEDULED",
    "key, KEY_BUSY",
    "agent full, AGENT_FULL",
    "rate, RATE_LIMITED",
    "nowhere, NO_RUNTIME_FITS",
    "offline, ALL_OFFLINE",
    "runtime paused, RUNTIME_PAUSED",
    "deaf, RUNTIME_DEAF",
    "runtime full, RUNTIME_FULL",
    "a choice, UNASSIGNED",
    "nothing, UNCLAIMED"
  })
  void aNewTaskSaysWhyItWaits(String because, WaitingReason reason) {
    var intake = because.equals("runtime paused") ? Intake.PAUSED : Intake.OPEN;
    var runtime = scene.runtime(because.equals("runtime full") ? 1 : 9, false, intake);
    var now = scene.rows.now;
    var agent =
        scene.agent(
            because.equals("nowhere") || because.equals("a choice") ? null : runtime,
            new Terms(
                because.equals("agent full") ? 1 : 9,
                because.equals("rate") ? 1 : null,
                because.equals("agent paused") ? Intake.PAUSED : Intake.OPEN,
                because.equals("budget") ? now.plusSeconds(9) : null));
    var key = because.equals("key") ? "deploy" : null;
    if (List.of("key", "agent full", "rate", "runtime full").contains(because)) {
      var _ = scene.running(agent, runtime, new TaskTerms(0, null, Limits.NONE, key, 2));
    }
    var row = Objects.requireNonNull(scene.rows.runtimes.get(runtime));
    if (because.equals("nowhere")) {
      scene.rows.runtimes.clear();
    } else {
      scene.rows.runtimes.put(
          runtime,
          new Rows.RuntimeRow(row.facts(), !because.equals("offline"), because.equals("deaf")));
    }
    var later = because.equals("later") ? now.plusSeconds(60) : null;
    var made = scene.ask(scene.create(agent, new TaskTerms(0, later, Limits.NONE, key, 2), null));
    assertThat(Objects.requireNonNull(Scene.queued(made).waiting()).reason()).isEqualTo(reason);
  }
}
