package dev.muster.standalone.feed;

import dev.muster.events.feed.PoisonRecord;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.IntSupplier;
import org.apache.kafka.common.KafkaException;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;

/// `./muster verify-feed`, `./muster rebuild-feed`, `./muster new-epoch` and `./muster redrive`.
public final class FeedTools {
  private static final long WAIT_SECONDS = 30;

  private FeedTools() {}

  /// Checks the whole feed of an installation, and prints what it found. Changes nothing.
  ///
  /// @return 0 if all is as promised, 1 if not, 2 if a part of it cannot be checked
  public static int verify(Map<String, String> environment, String[] arguments) {
    return run(() -> verifyAll(environment, arguments));
  }

  /// Writes a range of the log to a topic, and prints how many events it was.
  ///
  /// @return 0, or 2 if it cannot be written
  public static int rebuild(Map<String, String> environment, String[] arguments) {
    return run(() -> rebuildRange(environment, arguments));
  }

  /// Gives dead letters back to those who could not take them, and prints how many, or only shows
  /// those that wait.
  ///
  /// @return 0, or 2 if it cannot be done
  public static int redrive(Map<String, String> environment, String[] arguments) {
    return run(() -> redriveLetters(environment, arguments));
  }

  /// Gives the history in Postgres a new name, under which all of it is told again.
  ///
  /// @return 0, or 2 if it cannot be done
  public static int newEpoch(Map<String, String> environment, String[] arguments) {
    return run(() -> beginEpoch(environment, arguments));
  }

  private static int run(IntSupplier tool) {
    try {
      return tool.getAsInt();
    } catch (CannotRun e) {
      System.err.println(e.getMessage());
    } catch (KafkaException | DataAccessException e) {
      System.err.println("The servers did not answer to the end (" + e.getMessage() + ").");
    }
    return 2;
  }

  private static int verifyAll(Map<String, String> environment, String[] arguments) {
    var options = Options.parse("verify-feed", Set.of("wait"), arguments);
    var patience = Duration.ofSeconds(options.number("wait", WAIT_SECONDS));
    try (var connections = connections(environment, options)) {
      var findings = verify(connections, patience);
      System.out.println(findings.report());
      return findings.exitCode();
    }
  }

  static Findings verify(FeedConnections connections, Duration patience) {
    var names = connections.kafka().names();
    var findings = new Findings(names);
    var snapshot = connections.snapshot();
    var log = new LogAudit(FeedConnections.client(snapshot), findings);
    try {
      log.run();
    } finally {
      snapshot.destroy();
    }
    var scan = new TopicScan(connections.kafka(), patience);
    new TopicAudit(log, names.events(), findings).run(scan);
    var tasks = new TaskTableAudit(log, names.tasks(), findings);
    tasks.run(scan);
    tasks.checkUnknown(connections);
    return findings;
  }

  private static int rebuildRange(Map<String, String> environment, String[] arguments) {
    var options = Options.parse("rebuild-feed", Set.of("from", "to", "topic"), arguments);
    var range =
        new RebuildFeed.Range(options.number("from", 1), options.number("to", Long.MAX_VALUE));
    if (range.from() > range.to()) {
      throw new CannotRun("--from %d is after --to %d.".formatted(range.from(), range.to()));
    }
    var named = RebuildFeed.topic(options.text("topic"));
    try (var connections = connections(environment, options)) {
      var topic = RebuildFeed.requireNotOurs(named, connections.kafka().names());
      var written = new RebuildFeed(connections).write(range, topic);
      System.out.printf("Wrote %d events to %s.%n", written, topic);
      return 0;
    }
  }

  private static int beginEpoch(Map<String, String> environment, String[] arguments) {
    var options = Options.parse("new-epoch", Set.of(), arguments);
    try (var connections = connections(environment, options)) {
      var epoch =
          JdbcClient.create(connections.database())
              .sql("SELECT begin_epoch()")
              .query(String.class)
              .single();
      System.out.printf(
          "The history is called %s from now on. Each api tells its dashboards so within seconds.%n",
          epoch);
      return 0;
    }
  }

  private static int redriveLetters(Map<String, String> environment, String[] arguments) {
    var showsOnly = List.of(arguments).contains("--list");
    var others =
        Arrays.stream(arguments).filter(word -> !word.equals("--list")).toArray(String[]::new);
    var options = Options.parse("redrive", Set.of("group", "list"), others);
    try (var connections = connections(environment, options)) {
      var redrive = new Redrive(connections.kafka(), options.text("group"));
      if (showsOnly) {
        redrive.waiting().forEach(FeedTools::show);
      } else {
        System.out.printf("Redrove %d dead letters.%n", redrive.run());
      }
      return 0;
    }
  }

  private static void show(PoisonRecord letter) {
    System.out.printf(
        "%s  %s-%d offset %d  %s, attempt %d: %s%n",
        letter.time(),
        letter.topic(),
        letter.partition(),
        letter.offset(),
        letter.group(),
        letter.attempt(),
        letter.exception());
  }

  private static FeedConnections connections(Map<String, String> environment, Options options) {
    Function<String, Optional<String>> set =
        name -> Optional.ofNullable(environment.get(name)).filter(value -> !value.isBlank());
    var data = Path.of(set.apply("MUSTER_DATA").orElse("data"));
    return FeedConnections.open(data, set, options.settings().toArray(String[]::new));
  }
}
