package dev.muster.standalone;

import dev.muster.standalone.demo.Demo;
import dev.muster.standalone.feed.FeedTools;
import java.io.Console;
import java.io.IOException;
import java.net.URI;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The program: `start`, `demo`, `api`, `dispatcher`, `runtime`, `verify-feed`, `rebuild-feed`,
/// `new-epoch`, `redrive`, `help`.
public final class Main {
  private static final Logger log = LoggerFactory.getLogger(Main.class);
  private static final int SERVER_PORT = 8080;
  private static final Stop STOP = new Stop();
  private static final String HELP =
      """
      Muster dispatches tasks to coding agents.

        ./muster demo         everything on embedded servers, with daemons at work
        ./muster start        everything on embedded servers, until SIGTERM
        ./muster api          the api alone, on external servers
        ./muster dispatcher   a dispatcher alone, on external servers
        ./muster runtime      a runtime that runs a command for each task of a Muster elsewhere
        ./muster verify-feed  checks the whole feed in Postgres and Kafka; ends with 1 if it is not as promised
                              --wait=30: seconds to wait for what the publisher has still to write
        ./muster rebuild-feed writes events of the log to another topic, as they are in muster.events
                              --topic=T, --from=1 --to=N: places in event_log (log_id)
        ./muster new-epoch    gives the history in Postgres a new name, when it was put back to an earlier time than Kafka
        ./muster redrive      gives records that a consumer of Muster's could not take back to it, once it is mended
                              --list: only shows them, --group=G: those of one consumer
        ./muster help         this text

      Options of runtime:
        --command '…'         run by sh: the prompt is its stdin, its stdout the output, exit 0 a success
        --workspace ID        the workspace to work in (the only one that the token sees)
        --provider NAME       what agents ask for (command)
        --daemon-id ID        who this machine is (its name)
        --slots N             tasks at once (1)
        --labels k=v,…        what agents may select by
        --work DIR            directories of tasks, and reports that wait (./muster-work)
        --server URL          the Muster (MUSTER_URL)

      Environment:
        SERVER_PORT           the port of api, socket and page (8080)
        MUSTER_DATA           directory of the embedded servers and the token (./data)
        MUSTER_TOKEN          the first owner's token (made and kept in MUSTER_DATA when missing); a runtime's own
        MUSTER_URL            the Muster of a runtime (http://localhost:8080)
        MUSTER_KAFKA_PORT     the embedded broker's port (0: any that is free)
        MUSTER_JAVA_OPTIONS   further options of the JVM
        SPRING_DATASOURCE_URL, SPRING_KAFKA_BOOTSTRAP_SERVERS
                              external servers instead of the embedded ones
      """;

  private Main() {}

  public static void main(String[] arguments) {
    var command = arguments.length == 0 ? "help" : arguments[0];
    var rest =
        arguments.length == 0 ? arguments : Arrays.copyOfRange(arguments, 1, arguments.length);
    try {
      System.exit(run(command, rest));
    } catch (InterruptedException e) {
      System.exit(0);
    } catch (IOException | RuntimeException | Error e) {
      if (STOP.isWanted()) {
        // The start was given up for the stop, whatever that looked like from inside.
        return;
      }
      var sentence = StartupFailure.sentence(e);
      sentence.ifPresentOrElse(
          System.err::println, () -> log.atError().setCause(e).log("Muster could not start"));
      System.exit(1);
    }
  }

  private static int run(String command, String[] rest) throws IOException, InterruptedException {
    return switch (command) {
      case "start" -> start(settings(rest), rest);
      case "demo" -> demo(settings(rest), rest);
      case "api", "dispatcher" -> alone(command, settings(rest), rest);
      case "runtime" -> runtime(rest);
      case "verify-feed" -> FeedTools.verify(System.getenv(), rest);
      case "rebuild-feed" -> FeedTools.rebuild(System.getenv(), rest);
      case "new-epoch" -> FeedTools.newEpoch(System.getenv(), rest);
      case "redrive" -> FeedTools.redrive(System.getenv(), rest);
      case "help", "-h", "--help" -> help();
      default -> {
        System.err.println(
            "There is no command " + command + "; ./muster help lists what there is.");
        yield 2;
      }
    };
  }

  private static int help() {
    System.out.print(HELP);
    return 0;
  }

  private static Settings settings(String[] arguments) {
    var properties = new HashSet<>(System.getProperties().stringPropertyNames());
    properties.addAll(propertyNames(arguments));
    return Settings.of(System.getenv(), properties);
  }

  private static Set<String> propertyNames(String[] arguments) {
    return Arrays.stream(arguments)
        .filter(argument -> argument.startsWith("--"))
        .map(argument -> argument.substring(2).split("=", 2)[0])
        .collect(Collectors.toSet());
  }

  private static int start(Settings settings, String[] rest)
      throws IOException, InterruptedException {
    requirePort(rest);
    STOP.listen();
    try (STOP;
        var muster = Muster.start(settings, List.of(rest), Main::progress)) {
      System.out.println(
          "Muster is ready at " + muster.url() + " (Kafka at " + muster.servers().kafka() + ").");
      muster
          .newToken()
          .ifPresent(token -> System.out.println("The owner's token, shown this once: " + token));
      STOP.await();
    }
    return 0;
  }

  private static int demo(Settings settings, String[] rest)
      throws IOException, InterruptedException {
    requirePort(rest);
    STOP.listen();
    var isTerminal = Optional.ofNullable(System.console()).filter(Console::isTerminal).isPresent();
    var inColour = isTerminal && System.getenv("NO_COLOR") == null;
    try (STOP;
        var muster = Muster.start(settings, List.of(rest), Main::progress);
        var _ =
            Demo.start(
                new Demo.Place(
                    URI.create(muster.url()),
                    muster.token(),
                    muster.servers().kafka(),
                    settings.data().resolve("demo-work")),
                Main::say,
                inColour)) {
      STOP.await();
    }
    return 0;
  }

  private static int runtime(String[] rest) throws IOException, InterruptedException {
    RuntimeCommand command;
    try {
      settings(new String[0]);
      command = RuntimeCommand.of(List.of(rest), System.getenv());
    } catch (Sentence | IllegalArgumentException e) {
      System.err.println(StartupFailure.sentence(e).orElse(e.toString()));
      return 2;
    }
    STOP.listen();
    try (STOP) {
      return command.run(STOP.wanted(), Main::say);
    }
  }

  private static void requirePort(String[] arguments) {
    if (!propertyNames(arguments).contains("server.port")) {
      var port = Ports.parse("SERVER_PORT", System.getenv("SERVER_PORT"), SERVER_PORT);
      Ports.requireFree("SERVER_PORT", port);
    }
  }

  /// One of the two processes, on servers that run elsewhere.
  private static int alone(String role, Settings settings, String[] rest)
      throws IOException, InterruptedException {
    var jdbcUrl =
        settings
            .jdbcUrl()
            .orElseThrow(() ->
                new Sentence("Set SPRING_DATASOURCE_URL: " + role + " runs on external servers."));
    var kafka =
        settings
            .kafka()
            .orElseThrow(() ->
                new Sentence(
                    "Set SPRING_KAFKA_BOOTSTRAP_SERVERS: " + role + " runs on external servers."));
    STOP.listen();
    try (STOP;
        var context =
            role.equals("api")
                ? Applications.api(jdbcUrl, kafka, settings.token().orElse(""), rest)
                : Applications.dispatcher(jdbcUrl, kafka, rest);
        var liveness = Liveness.of(role, context)) {
      System.out.println("The " + role + " is ready" + liveness.where() + ".");
      STOP.await();
      context.stop();
    }
    return 0;
  }

  /// Tells how the start goes on, and ends it here if it is no longer wanted.
  private static void progress(String line) {
    if (STOP.isWanted()) {
      throw new Sentence("Stopped while starting.");
    }
    say(line);
  }

  /// stdout is for people.
  private static void say(String line) {
    System.out.println(line);
  }
}
