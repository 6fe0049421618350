package dev.muster.dispatcher.lease;

import dev.muster.events.feed.Loop;
import dev.muster.tasks.command.Deadlines;
import dev.muster.tasks.command.TaskCommand;
import dev.muster.tasks.lane.Tasks;
import dev.muster.tasks.store.IdleRuns;
import dev.muster.tasks.store.RunPolls;
import dev.muster.tasks.store.TaskDeadlines;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/// Sees to it that no deadline passes without something happening.
///
/// Any number of sweepers may run: each transaction repeats its guards on locked rows, and skips
/// what another has locked. While no api is there nobody can send a heartbeat or a report, so
/// nothing is swept; time that passed like that, or without a sweeper, is given back once.
@Component
class Sweeper extends Loop {
  private static final Logger log = LoggerFactory.getLogger(Sweeper.class);
  private static final Duration INTERVAL = Duration.ofSeconds(1);

  /// How long it is taken for granted that the servers are there; also how often runtimes are
  /// looked at.
  private static final Duration CHECKED_FOR = Duration.ofSeconds(5);

  /// In looks at the deadlines.
  private static final int PURGE_EVERY = 300;

  /// A pause of sweeper or api that is too short to have hurt anybody.
  private static final Duration AWAY = Duration.ofSeconds(20);

  /// How long a runtime may leave unclaimed what waits for it: three of Multica's polls at their
  /// slowest, and longer than a claim is parked.
  private static final Duration UNCLAIMED = Duration.ofSeconds(30);

  private final TaskDeadlines deadlines;
  private final IdleRuns idleRuns;
  private final RunPolls runPolls;
  private final LeaseStore leases;
  private final OldIssues oldIssues;
  private final Tasks tasks;
  private final Deadlines settings;
  private final TransactionTemplate transaction;
  private long round;
  private long checkedNanos = System.nanoTime() - CHECKED_FOR.toNanos();

  Sweeper(
      TaskDeadlines deadlines,
      IdleRuns idleRuns,
      RunPolls runPolls,
      LeaseStore leases,
      OldIssues oldIssues,
      Tasks tasks,
      Deadlines settings,
      TransactionTemplate transaction) {
    super("muster-sweeper");
    this.deadlines = deadlines;
    this.idleRuns = idleRuns;
    this.runPolls = runPolls;
    this.leases = leases;
    this.oldIssues = oldIssues;
    this.tasks = tasks;
    this.settings = settings;
    this.transaction = transaction;
  }

  @Override
  protected void step() throws InterruptedException {
    Thread.sleep(INTERVAL);
    if (System.nanoTime() - checkedNanos > CHECKED_FOR.toNanos()) {
      if (!isAwake()) {
        return;
      }
      checkedNanos = System.nanoTime();
      sweepRuntimes();
    }
    if (++round % PURGE_EVERY == 0) {
      transaction.executeWithoutResult(_ -> leases.purge());
    }
    sweepDeadlines();
    oldIssues.goOn(settings.issueKept());
  }

  /// Whether the servers have been there for long enough to hold anybody to a deadline. Asked again
  /// after every pause, so also after one in which Postgres was away.
  private boolean isAwake() {
    if (!leases.isApiThere(AWAY)) {
      return false;
    }
    var away = transaction.execute(_ -> noteAndGiveBack());
    return away != null && away.compareTo(AWAY) < 0;
  }

  /// Both in one transaction: a sweeper that dies here has given nothing back and noted nothing.
  private Duration noteAndGiveBack() {
    var away = leases.away();
    if (away.compareTo(AWAY) >= 0) {
      leases.giveBack();
      deadlines.putOff(away);
      log.atInfo()
          .addKeyValue("seconds", away.toSeconds())
          .log("The servers were away; deadlines are put off");
    }
    return away;
  }

  private void sweepRuntimes() {
    if (!settings.runtimeKept().isZero()) {
      transaction.executeWithoutResult(_ -> leases.removeAged(settings.runtimeKept()));
    }
    transaction.executeWithoutResult(_ -> {
      var gone = leases.takeStaleOffline(settings.silence());
      if (!gone.isEmpty()) {
        deadlines.boundRuns(gone);
        deadlines.giveBackAssigned(gone);
      }
      deadlines.boundOfflineRuns();
    });
    transaction.executeWithoutResult(_ -> {
      var deaf = leases.markDeaf(UNCLAIMED);
      if (!deaf.isEmpty()) {
        deadlines.giveBackAssigned(deaf);
      }
    });
    transaction.executeWithoutResult(_ -> runPolls.judge());
  }

  /// Deals with what is overdue now, however much it is.
  private void sweepDeadlines() {
    int batch;
    do {
      var swept = transaction.execute(_ -> passOverdue());
      batch = swept == null ? 0 : swept;
    } while (batch == TaskDeadlines.BATCH_MAX);
  }

  private int passOverdue() {
    deadlines.keepAssigned();
    idleRuns.keepActive();
    var overdue = deadlines.overdue();
    if (overdue.isEmpty()) {
      return 0;
    }
    var wrong = tasks.within(new TaskCommand.PassDeadlines(overdue));
    if (!wrong.isEmpty()) {
      log.atError()
          .addKeyValue("tasks", wrong)
          .log("Deadlines that mean nothing in their tasks' states are put right");
    }
    return overdue.size();
  }
}
