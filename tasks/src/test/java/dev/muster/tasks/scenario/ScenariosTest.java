package dev.muster.tasks.scenario;

import static dev.muster.tasks.memory.Scene.claim;
import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.events.id.TaskId;
import dev.muster.events.task.FailureReason;
import dev.muster.events.task.TaskState;
import dev.muster.tasks.command.ClaimAnswer;
import dev.muster.tasks.command.CreateAnswer;
import dev.muster.tasks.command.Limits;
import dev.muster.tasks.command.Priority;
import dev.muster.tasks.command.ReportAnswer;
import dev.muster.tasks.command.RequestKey;
import dev.muster.tasks.command.Said;
import dev.muster.tasks.command.TaskCommand;
import dev.muster.tasks.command.TaskTerms;
import dev.muster.tasks.decide.Intake;
import dev.muster.tasks.memory.Scene;
import dev.muster.tasks.memory.Scene.Terms;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/// What happens to tasks, told one after the other.
class ScenariosTest {
  private final Scene scene = new Scene();

  @Test
  void aClaimWhoseAnswerIsLostIsAnsweredAgainAfterAMinuteUnderANewGeneration() {
    var runtime = scene.runtime(1);
    var agent = scene.agent(runtime, Terms.ROOMY);
    var first = scene.dispatched(agent, runtime, TaskTerms.of(Priority.NONE));
    var task = new TaskId(first.id());
    scene.pass(Duration.ofSeconds(59));
    assertThat(scene.claimed(runtime)).isNull();
    scene.pass(Duration.ofSeconds(2));
    assertThat(scene.claimed(runtime)).isEqualTo(task);
    assertThat(scene.task(task).generation()).isEqualTo(first.claimGeneration() + 1);
    assertThat(scene.say(task, first.claimGeneration(), new Said.Start()))
        .isInstanceOf(ReportAnswer.Fenced.class);
    assertThat(scene.say(task, first.claimGeneration() + 1, new Said.Start()))
        .isInstanceOf(ReportAnswer.Accepted.class);
  }

  @Test
  void aClaimThatIsHeardOfInTheSameBatchIsNotAnsweredAgain() {
    var runtime = scene.runtime(1);
    var agent = scene.agent(runtime, Terms.ROOMY);
    var task = new TaskId(scene.dispatched(agent, runtime, TaskTerms.of(Priority.NONE)).id());
    scene.pass(Duration.ofSeconds(61));
    var started =
        new TaskCommand.Report(task, List.of(Scene.WORKSPACE.value()), null, new Said.Start());

    var answers = scene.together(List.of(claim(runtime), started));

    assertThat(answers.getFirst()).isInstanceOf(ClaimAnswer.Nothing.class);
    assertThat(scene.task(task).state()).isEqualTo(TaskState.RUNNING);
    assertThat(scene.task(task).generation()).isEqualTo(1);
  }

  @Test
  void aClaimThatIsCancelledInTheSameBatchIsNotAnsweredAgain() {
    var runtime = scene.runtime(1);
    var agent = scene.agent(runtime, Terms.ROOMY);
    var task = new TaskId(scene.dispatched(agent, runtime, TaskTerms.of(Priority.NONE)).id());
    scene.pass(Duration.ofSeconds(61));

    var answers = scene.together(List.of(claim(runtime), new TaskCommand.Cancel(task)));

    assertThat(answers.getFirst()).isInstanceOf(ClaimAnswer.Nothing.class);
    assertThat(scene.story(task)).endsWith("task.cancelled");
  }

  @Test
  void tenClaimsAndFiveNewTasksInOneBatchAreFiveClaimedTasks() {
    var runtime = scene.runtime(10);
    var agent = scene.agent(runtime, Terms.ROOMY);
    var batch = new ArrayList<TaskCommand<?>>();
    for (var i = 0; i < 10; i++) {
      batch.add(claim(runtime));
      if (i % 2 == 0) {
        batch.add(scene.create(agent));
      }
    }
    var answers = scene.together(batch);
    var claimed =
        answers.stream()
            .filter(ClaimAnswer.Claimed.class::isInstance)
            .map(answer -> ((ClaimAnswer.Claimed) answer).task().id())
            .toList();
    assertThat(claimed).hasSize(5);
    assertThat(new HashSet<>(claimed)).hasSize(5);
    assertThat(answers).filteredOn(ClaimAnswer.Nothing.class::isInstance).hasSize(5);
    for (var id : claimed) {
      assertThat(scene.story(new TaskId(id)))
          .containsExactly("task.queued", "task.assigned", "task.dispatched");
    }
  }

  @Test
  void aCommentOnAnIssueWhoseTaskWaitsCoalescesWithIt() {
    var runtime = scene.runtime(1);
    var task = scene.queue(scene.agent(runtime, Terms.ROOMY));
    var comment = new UUID(5, 5);
    assertThat(scene.ask(scene.comment(scene.task(task), comment))).isEmpty();
    assertThat(scene.task(task).comments()).containsExactly(comment);
    assertThat(scene.story(task)).endsWith("task.coalesced");
    assertThat(scene.rows.tasks).hasSize(1);
  }

  @Test
  void aCommentOnAnIssueWhoseTaskRunsMakesAnotherThatWaitsForIt() {
    var runtime = scene.runtime(2);
    var agent = scene.agent(runtime, Terms.ROOMY);
    var running = scene.running(agent, runtime, TaskTerms.of(Priority.NONE));
    var next = scene.ask(scene.comment(scene.task(running), new UUID(5, 5))).orElseThrow();
    assertThat(scene.claimed(runtime)).isNull();
    var _ = scene.say(running, new Said.Complete("{}", "", Said.LeftSession.NONE));
    assertThat(scene.claimed(runtime)).isEqualTo(next);
  }

  @Test
  void aCancelledRunThatNobodyAcknowledgesEndsByItsDeadline() {
    var runtime = scene.runtime(1);
    var task =
        scene.running(scene.agent(runtime, Terms.ROOMY), runtime, TaskTerms.of(Priority.NONE));
    var _ = scene.ask(new TaskCommand.Cancel(task));
    assertThat(scene.task(task).state()).isEqualTo(TaskState.RUNNING);
    scene.pass(Duration.ofSeconds(31));
    assertThat(scene.task(task).state()).isEqualTo(TaskState.CANCELLED);
    assertThat(scene.story(task)).endsWith("task.cancel_requested", "task.cancelled");
  }

  @Test
  void whatEndsARunWhoseEndWasAskedForIsThatEnd() {
    var runtime = scene.runtime(1);
    var task =
        scene.running(scene.agent(runtime, Terms.ROOMY), runtime, TaskTerms.of(Priority.NONE));
    var _ = scene.ask(new TaskCommand.Cancel(task));
    var _ = scene.say(task, new Said.Complete("{\"a\":1}", "said", Said.LeftSession.NONE));
    assertThat(scene.task(task).state()).isEqualTo(TaskState.CANCELLED);
    assertThat(scene.task(task).end().result()).isEqualTo("{\"a\":1}");
    assertThat(scene.rows.comments).isEmpty();
  }

  @Test
  void aRunThatIsLostComesBackBesideTheTaskOfACommentThatWaits() {
    var runtime = scene.runtime(2);
    var lost =
        scene.running(scene.agent(runtime, Terms.ROOMY), runtime, TaskTerms.of(Priority.NONE));
    var ofComment = scene.ask(scene.comment(scene.task(lost), new UUID(5, 5))).orElseThrow();
    var _ = scene.ask(new TaskCommand.EndActive(List.of(runtime), FailureReason.RUNTIME_LOST));
    assertThat(scene.task(lost).state()).isEqualTo(TaskState.QUEUED);

    assertThat(scene.claimed(runtime)).isEqualTo(ofComment);
    scene.pass(Duration.ofSeconds(6));
    assertThat(scene.claimed(runtime)).isNull();
    var _ = scene.say(ofComment, new Said.Start());
    var _ = scene.say(ofComment, new Said.Complete("{}", "", Said.LeftSession.NONE));
    assertThat(scene.claimed(runtime)).isEqualTo(lost);
    assertThat(scene.task(lost).attempt()).isEqualTo(2);
  }

  @Test
  void whatIsGivenBackComesBackBesideTheTaskOfACommentAndBeforeIt() {
    var runtime = scene.runtime(2);
    var givenBack =
        scene.running(scene.agent(runtime, Terms.ROOMY), runtime, TaskTerms.of(Priority.NONE));
    scene.pass(Duration.ofSeconds(1));
    var ofComment = scene.ask(scene.comment(scene.task(givenBack), new UUID(5, 5))).orElseThrow();

    var _ = scene.say(givenBack, new Said.Release());
    var another = new UUID(6, 6);
    assertThat(scene.ask(scene.comment(scene.task(givenBack), another))).isEmpty();
    assertThat(scene.task(ofComment).comments()).containsExactly(another);

    var both = scene.together(List.of(claim(runtime), claim(runtime)));
    assertThat(claims(both)).isEqualTo(1);
    assertThat(scene.task(givenBack).state()).isEqualTo(TaskState.DISPATCHED);
    assertThat(scene.task(ofComment).state()).isEqualTo(TaskState.QUEUED);
  }

  @Test
  void anAgentIsGivenAsManyTasksAMinuteAsItsRateAllows() {
    var runtime = scene.runtime(100);
    var agent = scene.agent(runtime, new Terms(100, 2, Intake.OPEN, null));
    var batch = new ArrayList<TaskCommand<?>>();
    for (var i = 0; i < 6; i++) {
      batch.add(scene.create(agent));
      batch.add(claim(runtime));
    }
    assertThat(claims(scene.together(batch))).isEqualTo(2);
    scene.pass(Duration.ofSeconds(29));
    assertThat(scene.claimed(runtime)).isNull();
    scene.pass(Duration.ofSeconds(1));
    assertThat(scene.claimed(runtime)).isNotNull();
    assertThat(scene.claimed(runtime)).isNull();
  }

  private static long claims(List<?> answers) {
    return answers.stream().filter(ClaimAnswer.Claimed.class::isInstance).count();
  }

  @Test
  void ofTasksWithOneConcurrencyKeyOneRunsAtATime() {
    var runtime = scene.runtime(10);
    var other = scene.runtime(10);
    var terms = new TaskTerms(0, null, Limits.NONE, "deploy", 2);
    var first = scene.queue(scene.agent(runtime, Terms.ROOMY), terms);
    var second = scene.queue(scene.agent(other, Terms.ROOMY), terms);
    assertThat(scene.claimed(runtime)).isEqualTo(first);
    assertThat(scene.claimed(other)).isNull();
    var _ = scene.say(first, new Said.Release());
    var _ = scene.ask(new TaskCommand.Cancel(first));
    assertThat(scene.claimed(other)).isEqualTo(second);
  }

  @Test
  void twoTasksOfOneKeyThatAreMadeInOneBatchAreNotBothClaimedInIt() {
    var runtime = scene.runtime(10);
    var agent = scene.agent(runtime, Terms.ROOMY);
    var terms = new TaskTerms(0, null, Limits.NONE, "deploy", 2);
    var answers =
        scene.together(
            List.of(
                scene.create(agent, terms, null),
                scene.create(agent, terms, null),
                claim(runtime),
                claim(runtime)));
    assertThat(claims(answers)).isEqualTo(1);
  }

  @Test
  void agentsOfEqualPriorityTakeTurns() {
    var runtime = scene.runtime(100);
    var busy = scene.agent(runtime, Terms.ROOMY);
    var quiet = scene.agent(runtime, Terms.ROOMY);
    for (var i = 0; i < 3; i++) {
      var _ = scene.queue(busy);
      scene.pass(Duration.ofSeconds(1));
    }
    for (var i = 0; i < 3; i++) {
      var _ = scene.queue(quiet);
      scene.pass(Duration.ofSeconds(1));
    }
    var turns = new ArrayList<Object>();
    for (var i = 0; i < 6; i++) {
      turns.add(scene.task(Objects.requireNonNull(scene.claimed(runtime))).agent());
      scene.pass(Duration.ofSeconds(1));
    }
    assertThat(turns.subList(0, 4)).containsExactly(busy, quiet, busy, quiet);
  }

  @Test
  void whatWaitsLongEnoughGoesBeforeWhatIsMoreUrgent() {
    var runtime = scene.runtime(10);
    var agent = scene.agent(runtime, Terms.ROOMY);
    var old = scene.queue(agent, TaskTerms.of(Priority.NONE));
    scene.pass(Duration.ofMinutes(39));
    var urgent = scene.queue(agent, TaskTerms.of(Priority.URGENT));
    assertThat(scene.claimed(runtime)).isEqualTo(urgent);
    var _ = scene.say(urgent, new Said.Start());
    scene.pass(Duration.ofMinutes(2));
    var tooLate = scene.queue(agent, TaskTerms.of(Priority.URGENT));
    assertThat(scene.claimed(runtime)).isEqualTo(old);
    assertThat(scene.claimed(runtime)).isEqualTo(tooLate);
  }

  @Test
  void aRedrivenTaskKeepsItsTermsAndExpiresAsAnyOther() {
    var runtime = scene.runtime(1);
    var agent = scene.agent(runtime, Terms.ROOMY);
    var terms = new TaskTerms(3, null, new Limits(77, 99), "deploy", 5);
    var dead = scene.running(agent, runtime, terms);
    var _ =
        scene.say(
            dead,
            new Said.Fail(FailureReason.AGENT_ERROR, "broken", new Said.LeftSession("s", "/w")));
    var made = scene.ask(new TaskCommand.Redrive(Scene.WORKSPACE, List.of(dead))).getFirst();
    var again = scene.task(made);
    assertThat(again.terms().priority()).isEqualTo(3);
    assertThat(again.terms().own()).isEqualTo(new Limits(77, 99));
    assertThat(again.terms().concurrencyKey()).isEqualTo("deploy");
    assertThat(again.terms().maxAttempts()).isEqualTo(5);
    assertThat(again.terms().expiresAt()).isEqualTo(scene.rows.now.plus(Duration.ofHours(24)));
    assertThat(again.parent()).isEqualTo(dead);
    assertThat(again.session().id()).isEqualTo("s");
    assertThat(scene.task(dead).end().redrivenBy()).isEqualTo(made);
    scene.pass(Duration.ofHours(25));
    assertThat(scene.task(made).end().reason()).isEqualTo(FailureReason.EXPIRED);
  }

  @Test
  void aRerunKeepsTheTermsAndBeginsWithoutTheSession() {
    var runtime = scene.runtime(1);
    var terms = new TaskTerms(3, null, new Limits(77, 99), "deploy", 5);
    var ended = scene.running(scene.agent(runtime, Terms.ROOMY), runtime, terms);
    var _ = scene.say(ended, new Said.Complete("{}", "done", new Said.LeftSession("s", "/w")));
    var again = scene.task(scene.ask(scene.rerun(ended)).orElseThrow());
    assertThat(again.terms())
        .usingRecursiveComparison()
        .ignoringFields("expiresAt")
        .isEqualTo(scene.task(ended).terms());
    assertThat(again.session().id()).isNull();
  }

  @Test
  void aRequestThatIsSentTwiceWithItsKeyMakesOneTask() {
    var runtime = scene.runtime(1);
    var agent = scene.agent(runtime, Terms.ROOMY);
    var key = new RequestKey("k", "hash");
    var first = scene.ask(scene.create(agent, TaskTerms.of(Priority.NONE), key));
    assertThat(scene.ask(scene.create(agent, TaskTerms.of(Priority.NONE), key)))
        .isEqualTo(new CreateAnswer.MadeBefore(new TaskId(Scene.queued(first).view().id())));
    assertThat(
            scene.ask(
                scene.create(agent, TaskTerms.of(Priority.NONE), new RequestKey("k", "other"))))
        .isEqualTo(new CreateAnswer.KeyMisused());
    assertThat(scene.rows.tasks).hasSize(1);
  }

  @Test
  void theSameKeyTwiceInOneBatchIsAnsweredOnceAndAskedAgainOnce() {
    var runtime = scene.runtime(1);
    var agent = scene.agent(runtime, Terms.ROOMY);
    var key = new RequestKey("k", "hash");
    var answers =
        scene.together(
            List.of(
                scene.create(agent, TaskTerms.of(Priority.NONE), key),
                scene.create(agent, TaskTerms.of(Priority.NONE), key)));
    assertThat(answers.get(0)).isInstanceOf(CreateAnswer.Created.class);
    assertThat(answers.get(1)).isNull();
    assertThat(scene.rows.tasks).hasSize(1);
  }

  @Test
  void whatSomebodyElseHasLockedDelaysItsOwnCommandAlone() {
    var runtime = scene.runtime(2);
    var agent = scene.agent(runtime, Terms.ROOMY);
    var locked = scene.running(agent, runtime, TaskTerms.of(Priority.NONE));
    var free = scene.running(agent, runtime, TaskTerms.of(Priority.NONE));
    var report = new Said.Complete("{}", "", Said.LeftSession.NONE);
    try (var _ = scene.store.hold(List.of(locked))) {
      var answers =
          scene.together(
              List.of(
                  new TaskCommand.Report(locked, List.of(Scene.WORKSPACE.value()), null, report),
                  new TaskCommand.Report(free, List.of(Scene.WORKSPACE.value()), null, report)));
      assertThat(answers.get(0)).isNull();
      assertThat(answers.get(1)).isInstanceOf(ReportAnswer.Accepted.class);
    }
    assertThat(scene.task(locked).state()).isEqualTo(TaskState.RUNNING);
    assertThat(scene.task(free).state()).isEqualTo(TaskState.COMPLETED);
  }

  @Test
  void aClaimWhoseTaskSomebodyElseHasLockedIsAskedAgain() {
    var runtime = scene.runtime(1);
    var task = scene.queue(scene.agent(runtime, Terms.ROOMY));
    for (var id : List.of(task, runtime, scene.task(task).agent())) {
      try (var _ = scene.store.hold(List.of(id))) {
        assertThat(scene.together(List.of(claim(runtime)))).containsExactly((Object) null);
      }
    }
    assertThat(scene.claimed(runtime)).isEqualTo(task);
  }

  @Test
  void aSerialDaemonThatClaimsWhileItRunsHasLostAReport() {
    var runtime = scene.runtime(1, true, Intake.OPEN);
    var task =
        scene.running(scene.agent(runtime, Terms.ROOMY), runtime, TaskTerms.of(Priority.NONE));
    assertThat(scene.claimed(runtime)).isNull();
    scene.pass(Duration.ofSeconds(61));
    assertThat(scene.task(task).end().reason()).isEqualTo(FailureReason.REPORT_LOST);
    assertThat(scene.task(task).attempt()).isEqualTo(2);
  }
}
