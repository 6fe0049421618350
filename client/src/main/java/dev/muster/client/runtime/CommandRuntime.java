package dev.muster.client.runtime;

import dev.muster.client.MusterClient;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A runtime that runs a command for each task: the prompt is its stdin, its stdout the output, its
/// exit code the verdict.
///
/// It comes in this order: what an earlier process has left running is ended, what it has left in
/// the spool is reported, then the runtime registers, then it claims. It goes in the order drain,
/// wait, kill, report, deregister. Heartbeats have a thread of their own from the first to the
/// last.
public final class CommandRuntime implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(CommandRuntime.class);

  /// How long one call of the goodbye may take, and an open claim to be answered.
  private static final Duration CALL_AT_MOST = Duration.ofSeconds(3);

  private final RuntimeOptions options;
  private final MusterClient client;
  private final WorkDirectory directory;
  private final Reports reports;
  private final Presence presence;
  private final Runs runs;
  private final Claims claims;
  private final Thread claiming;
  private final Thread beating;
  private final Thread cleaning;
  private final Thread renewing;
  private final CompletableFuture<String> lost = new CompletableFuture<>();

  private CommandRuntime(
      RuntimeOptions given, MusterClient client, WorkDirectory directory, Consumer<String> out)
      throws IOException {
    this.options = given.at(directory.mark());
    this.client = client;
    this.directory = directory;
    this.reports = new Reports(client, ReportSpool.open(directory.spool()), options.pace().retry());
    this.presence = new Presence(options, client);
    this.runs = new Runs(new Crew(options, client, reports, directory, directory.mark(), out));
    var room = new DiskRoom(directory.root(), options.keep().reserve());
    this.claims = new Claims(options.pace(), client, presence, runs, room, this::lose);
    this.claiming = Thread.ofVirtual().name("muster-claims").unstarted(claims);
    this.cleaning =
        Thread.ofVirtual()
            .name("muster-old-work")
            .unstarted(
                new OldWork(
                    options.keep(),
                    client,
                    directory,
                    runs::isRunning,
                    InstantSource.system(),
                    out));
    this.renewing = Thread.ofVirtual().name("muster-token").unstarted(new TokenRenewal(client));
    // On a thread of the platform: it beats however busy the virtual ones are.
    this.beating =
        Thread.ofPlatform()
            .name("muster-heartbeats")
            .daemon()
            .unstarted(new Heartbeats(client, presence, runs, room, this::lose));
  }

  /// Starts the runtime. Returns when it is registered and asks for work, which takes as long as
  /// the server does not answer.
  ///
  /// @param out is told how tasks move, a line each, for people
  /// @throws RuntimeRefused if it cannot run, in a sentence
  public static CommandRuntime start(RuntimeOptions options, Consumer<String> out)
      throws IOException, InterruptedException {
    var server = options.server();
    var client = new MusterClient(server.address(), server.token());
    WorkDirectory directory;
    try {
      directory = WorkDirectory.open(options.work());
    } catch (RuntimeRefused e) {
      client.close();
      throw e;
    }
    try {
      var runtime = new CommandRuntime(options, client, directory, out);
      // Before anything is said: once it is known that this process is new, their tasks may be
      // given to others.
      var ended = directory.mark().endCarriers(options.pace().kill());
      if (ended > 0) {
        out.accept("Ended %d processes that an earlier process has left.".formatted(ended));
      }
      var reported = runtime.reports.replay();
      if (reported > 0) {
        out.accept("Reported %d of an earlier process.".formatted(reported));
      }
      runtime.presence.register();
      runtime.beating.start();
      runtime.claiming.start();
      runtime.cleaning.start();
      runtime.renewing.start();
      return runtime;
    } catch (IOException | InterruptedException | RuntimeException e) {
      client.close();
      directory.close();
      throw e;
    }
  }

  /// The runtime's id at the server.
  public String id() {
    return presence.runtime();
  }

  /// Waits until the runtime must not go on, and says why.
  public String awaitLoss() throws InterruptedException {
    try {
      return lost.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  /// Why it must not go on; empty while it may.
  public Optional<String> loss() {
    return lost.isDone() ? Optional.of(lost.join()) : Optional.empty();
  }

  private void lose(String sentence) {
    if (lost.complete(sentence)) {
      claims.stop();
      runs.endAll(Ending.LOST);
    }
  }

  /// Stops in order: no more claims, what runs may end in time, reports go out, and the server is
  /// told. Takes as long as that.
  @Override
  public void close() {
    try {
      claims.stop();
      if (lost.isDone()) {
        endRuns(Ending.LOST);
      } else {
        drain();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      runs.breakOff();
    } finally {
      beating.interrupt();
      claiming.interrupt();
      cleaning.interrupt();
      renewing.interrupt();
      client.close();
      closeDirectory();
    }
  }

  private void drain() throws InterruptedException {
    inTime(() -> client.drain(presence.runtime()));
    if (!claiming.join(CALL_AT_MOST)) {
      claiming.interrupt();
      claiming.join();
    }
    if (!runs.awaitIdle(options.pace().stop())) {
      endRuns(Ending.STOPPED);
    }
    // A report that is still on the disk speaks for its task when the next process starts. To leave
    // now would have the task run once more.
    if (reports.isEmpty()) {
      inTime(() -> client.deregister(List.of(presence.runtime())));
    }
  }

  private void endRuns(Ending why) throws InterruptedException {
    runs.endAll(why);
    if (!runs.awaitIdle(options.pace().kill().multipliedBy(2).plus(options.pace().farewell()))) {
      runs.breakOff();
      runs.awaitIdle(CALL_AT_MOST);
    }
  }

  private interface Call {
    Object make() throws InterruptedException;
  }

  /// Makes a call that is not worth a long wait.
  private static void inTime(Call call) throws InterruptedException {
    var thread =
        Thread.ofVirtual()
            .start(() -> {
              try {
                call.make();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
    if (!thread.join(CALL_AT_MOST)) {
      thread.interrupt();
    }
  }

  private void closeDirectory() {
    try {
      directory.close();
    } catch (IOException e) {
      log.atWarn().setCause(e).log("The work directory could not be released");
    }
  }
}
