package dev.muster.client.runtime;

import dev.muster.client.Answer;
import dev.muster.client.Claim;
import dev.muster.client.ClaimedTask;
import dev.muster.client.Message;
import dev.muster.client.MusterClient;
import dev.muster.client.Report;
import dev.muster.client.Retry;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/// One claim of one task, from its start to the server's word about its report. Runs on a thread of
/// its own; others may only ask it to end.
final class TaskRun {
  private static final Logger log = LoggerFactory.getLogger(TaskRun.class);

  /// Of the output, as much as the server keeps of a result.
  private static final int OUTPUT_HEAD = 192 * 1024;

  private static final int OUTPUT_TAIL = 64 * 1024;

  /// Of the errors, most at the end: there stands why the command has failed.
  private static final int ERROR_HEAD = 2 * 1024;

  private static final int ERROR_TAIL = 6 * 1024;

  /// How long the output may stay open after the command's end while nothing more comes.
  private static final Duration OUTPUT_QUIET = Duration.ofSeconds(2);

  /// How long it is read after the command's end: the server may take it slowly, and a process that
  /// got away may write for ever.
  private static final Duration OUTPUT_AT_MOST = Duration.ofMinutes(1);

  private static final String NOT_READ = "[the output was not read to its end]";

  /// An unfinished line is sent when it has waited so long for its end.
  private static final Duration UNFINISHED_AFTER = Duration.ofSeconds(2);

  private final Crew crew;
  private final ClaimedTask task;
  private final Claim claim;
  private final MusterClient client;
  private final Retry retry;

  /// Why it is to end; the first reason counts.
  private final CompletableFuture<Ending> ending = new CompletableFuture<>();

  /// Set once its command has ended by itself: from then on the report speaks for the task.
  private volatile boolean over;

  TaskRun(Crew crew, ClaimedTask task) {
    this.crew = crew;
    this.task = task;
    this.claim = task.claim();
    this.client = crew.client();
    this.retry = crew.options().pace().retry();
  }

  Claim claim() {
    return claim;
  }

  /// Asks for the end, and returns at once. A run whose command is over goes on with its report,
  /// about which the server decides.
  void end(Ending why) {
    ending.complete(why);
  }

  boolean isOver() {
    return over;
  }

  void run() throws InterruptedException {
    crew.say(claim.task(), "claimed   attempt " + task.attempt() + "  " + task.title());
    switch (retry.untilAnswered(() -> client.start(claim))) {
      case Answer.Accepted<JsonNode> _ -> {
        if (ending.isDone()) {
          say(ending.join());
        } else {
          work();
        }
      }
      case Answer.Late<JsonNode>(var state) ->
          crew.say(claim.task(), "dropped   it is " + state + " already");
      case Answer.Fenced<JsonNode> _ -> crew.say(claim.task(), "dropped   the claim is over");
      case Answer.Refused<JsonNode>(_, _, var sentence) ->
          crew.say(claim.task(), "dropped   " + sentence);
    }
  }

  /// Says once more that it was started.
  void startAgain() {
    var _ =
        Thread.ofVirtual()
            .start(() -> {
              try {
                if (client.start(claim) instanceof Answer.Fenced<JsonNode>) {
                  end(Ending.LOST);
                }
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
  }

  private void work() throws InterruptedException {
    Path directory;
    AgentProcess process;
    try {
      directory = crew.directory().of(task);
      process =
          AgentProcess.start(
              crew.options().command(), crew.mark().of(claim), directory, environment(), input());
    } catch (IOException e) {
      log.atError().addKeyValue("task", claim.task()).setCause(e).log("The command did not start");
      var session = new Report.Session("", "");
      var error = "the command could not be started: " + e.getMessage();
      report(new Report.Fail(error, Report.Reason.PROVIDER_UNAVAILABLE, session), "", List.of());
      return;
    }
    watch(process, new Report.Session(task.priorSessionId(), directory.toString()));
  }

  private void watch(AgentProcess process, Report.Session session) throws InterruptedException {
    var began = System.nanoTime();
    var output = new OutputExcerpt(OUTPUT_HEAD, OUTPUT_TAIL);
    var errors = new OutputExcerpt(ERROR_HEAD, ERROR_TAIL);
    var pace = crew.options().pace();
    var messages = MessageStream.start(client, claim, pace, () -> end(Ending.LOST));
    var place = Thread.ofVirtual().start(() -> tellPlace(session));
    try {
      var stdout = pump(process.stdout(), output, "text", messages);
      var stderr = pump(process.stderr(), errors, "stderr", messages);
      crew.say(claim.task(), "started   in " + session.workDir());
      awaitEnd(process);
      // What the command has left running in its group would go on without a task.
      process.kill(pace.kill());
      if (over) {
        readToTheEnd(stdout, output, messages);
        readToTheEnd(stderr, errors, messages);
        var took = Crew.seconds(System.nanoTime() - began);
        report(outcome(process.exitCode(), output, errors, session), took, messages.end());
      } else {
        var _ = stdout.join(OUTPUT_QUIET, OUTPUT_QUIET);
        var _ = stderr.join(OUTPUT_QUIET, OUTPUT_QUIET);
        say(ending.join());
      }
    } catch (InterruptedException | RuntimeException e) {
      process.killNow();
      throw e;
    } finally {
      place.interrupt();
      messages.stop();
    }
  }

  private void readToTheEnd(LinePump pump, OutputExcerpt excerpt, MessageStream messages)
      throws InterruptedException {
    if (!pump.join(OUTPUT_QUIET, OUTPUT_AT_MOST)) {
      log.atWarn().addKeyValue("task", claim.task()).log("Its output was not read to its end");
      excerpt.append("\n" + NOT_READ);
      messages.addLast(NOT_READ);
    }
  }

  private static LinePump pump(
      InputStream from, OutputExcerpt excerpt, String type, MessageStream messages) {
    return LinePump.start(
        from, excerpt, UNFINISHED_AFTER, (line, goesOn) -> messages.add(type, line, goesOn));
  }

  /// Waits until the command has ended, or is to end.
  private void awaitEnd(AgentProcess process) throws InterruptedException {
    try {
      var _ = CompletableFuture.anyOf(process.onExit(), ending).get();
    } catch (ExecutionException e) {
      throw new IllegalStateException(claim.task(), e);
    }
    over = !ending.isDone();
  }

  private static Report outcome(
      int exitCode, OutputExcerpt output, OutputExcerpt errors, Report.Session session) {
    if (exitCode == 0) {
      return new Report.Complete(output.text(), session);
    }
    var error = "the command ended with " + exitCode + "\n" + errors.text();
    return new Report.Fail(error.strip(), Report.Reason.AGENT_ERROR, session);
  }

  /// The report is on the disk, with what was said last, before either is sent.
  private void report(Report report, String took, List<Message> messages)
      throws InterruptedException {
    var entry = new ReportSpool.Entry(claim, report, messages);
    crew.reports().keep(entry);
    switch (crew.reports().send(entry)) {
      case Answer.Accepted<JsonNode> _ ->
          crew.say(claim.task(), "%-9s %s".formatted(report.state(), took));
      case Answer.Late<JsonNode>(var state) ->
          crew.say(claim.task(), "late      it is " + state + " already");
      case Answer.Fenced<JsonNode> _ -> crew.say(claim.task(), "late      the claim is over");
      case Answer.Refused<JsonNode>(_, _, var sentence) ->
          crew.say(claim.task(), "refused   " + sentence);
    }
  }

  /// Tells the server what becomes of a task whose agent was killed.
  private void say(Ending why) throws InterruptedException {
    switch (why) {
      case CANCELLED -> {
        var _ = retry.untilAnswered(() -> client.cancelAck(claim));
        crew.say(claim.task(), "cancelled");
      }
      case LOST -> crew.say(claim.task(), "killed    the claim is over");
      case STOPPED -> {
        // Where a server cannot take it back so, it does when the runtime leaves.
        var _ = retry.untilAnswered(() -> client.release(claim));
        crew.say(claim.task(), "released");
      }
    }
  }

  private void tellPlace(Report.Session session) {
    try {
      var _ = retry.untilAnswered(() -> client.session(claim, session));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private String input() {
    return task.title() + "\n\n" + task.prompt();
  }

  private Map<String, String> environment() {
    var environment = new HashMap<String, String>();
    environment.put("MUSTER_TASK_ID", claim.task());
    environment.put("MUSTER_ATTEMPT", Integer.toString(task.attempt()));
    environment.put("MUSTER_CLAIM_GENERATION", Long.toString(claim.generation()));
    environment.put("MUSTER_AGENT_NAME", task.agentName());
    environment.put("MUSTER_PRIOR_SESSION_ID", task.priorSessionId());
    environment.put(
        "MUSTER_PRIOR_WORK_DIR", crew.directory().prior(task).map(Path::toString).orElse(""));
    if (!claim.traceparent().isEmpty()) {
      // As OpenTelemetry's specification names it for processes.
      environment.put("TRACEPARENT", claim.traceparent());
    }
    // What no variable can hold.
    environment.replaceAll((_, value) -> value.replace('\0', ' '));
    return environment;
  }
}
