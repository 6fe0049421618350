package dev.muster.standalone;

import dev.muster.cli.Cli;
import dev.muster.cli.Output;
import dev.muster.standalone.demo.Demo;
import dev.muster.standalone.feed.FeedTools;
import dev.muster.standalone.training.TrainingLoad;
import java.io.Console;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The program: `start`, `demo`, `api`, `dispatcher`, `migrate`, `runtime`, `verify-feed`,
/// `rebuild-feed`, `new-epoch`, `redrive`, `help`; the commands of [Cli] for people; and `train`,
/// which is for whoever builds it.
public final class Main {
  private static final int SERVER_PORT = 8080;
  private static final String FEED_PREFIX = "muster.feed.prefix";
  private static final String FEED_PREFIX_VARIABLE = "MUSTER_FEED_PREFIX";
  private static final Stop STOP = new Stop();

  private Main() {}

  public static void main(String[] arguments) {
    EnvironmentSecrets.hide();
    var command = arguments.length == 0 ? "help" : arguments[0];
    var rest =
        arguments.length == 0 ? arguments : Arrays.copyOfRange(arguments, 1, arguments.length);
    try {
      System.exit(run(command, rest));
    } catch (InterruptedException e) {
      System.exit(0);
    } catch (IOException | RuntimeException | Error e) {
      if (STOP.loss().isPresent()) {
        System.exit(1);
      }
      if (STOP.isWanted()) {
        // The start was given up for the stop, whatever that looked like from inside.
        return;
      }
      System.err.println(StartupFailure.told(e));
      System.exit(1);
    }
  }

  private static int run(String command, String[] rest) throws IOException, InterruptedException {
    var line = Stream.concat(Stream.of(command), Arrays.stream(rest)).toList();
    if (Cli.knows(line)) {
      return people(line);
    }
    if (List.of(rest).contains("--help") || List.of(rest).contains("-h")) {
      return help();
    }
    return switch (command) {
      case "start", "demo", "api", "dispatcher", "migrate" -> server(command, rest);
      case "runtime" -> runtime(rest);
      case "verify-feed" -> FeedTools.verify(Surroundings.own(), rest);
      case "rebuild-feed" -> FeedTools.rebuild(Surroundings.own(), rest);
      case "new-epoch" -> FeedTools.newEpoch(Surroundings.own(), rest);
      case "redrive" -> FeedTools.redrive(Surroundings.own(), rest);
      case "train" -> train(settings(rest));
      case "--version", "-V", "version" -> {
        System.out.println("muster " + version());
        yield 0;
      }
      case "help", "-h", "--help" -> help();
      default -> {
        System.err.println(
            "There is no command " + command + "; ./muster help lists what there is.");
        yield 2;
      }
    };
  }

  /// A command that works on a Muster over its API, wherever it runs.
  private static int people(List<String> line) {
    var err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
    return Cli.of(version(), Surroundings.own(), Output.standard(), err).run(line);
  }

  private static String version() {
    return Optional.ofNullable(Main.class.getPackage().getImplementationVersion())
        .orElse("in development");
  }

  private static int server(String command, String[] rest)
      throws IOException, InterruptedException {
    var complaint = Settings.complaint(command, List.of(rest));
    if (complaint.isPresent()) {
      System.err.println(complaint.get());
      return 2;
    }
    var settings = settings(rest);
    return switch (command) {
      case "start" -> start(settings, rest);
      case "demo" -> demo(settings, rest);
      case "migrate" -> migrate(settings, rest);
      default -> alone(command, settings, rest);
    };
  }

  /// What the launcher shows by itself, so that nobody has to build Muster to read it.
  private static int help() throws IOException {
    try (var text = Main.class.getResourceAsStream("help.txt")) {
      if (text == null) {
        throw new IllegalStateException("help.txt is missing");
      }
      text.transferTo(System.out);
      System.out.flush();
    }
    return 0;
  }

  /// Runs a Muster on a directory of its own for as long as the training load takes, so that the
  /// JVM can write down what it needed.
  private static int train(Settings settings) throws IOException, InterruptedException {
    STOP.listen();
    try (STOP;
        var muster = Muster.start(settings, List.of("--server.port=0"), Main::progress, STOP)) {
      TrainingLoad.run(URI.create(muster.url()), muster.token());
    }
    return 0;
  }

  private static Settings settings(String[] arguments) {
    var properties = new HashSet<>(System.getProperties().stringPropertyNames());
    properties.addAll(propertyNames(arguments));
    var environment = new HashMap<>(Surroundings.own());
    value(FEED_PREFIX, arguments)
        .ifPresent(prefix -> environment.put(FEED_PREFIX_VARIABLE, prefix));
    return Settings.of(environment, properties);
  }

  /// What a property is set to where Spring looks before it looks at the variable.
  private static Optional<String> value(String property, String[] arguments) {
    var option = "--" + property + "=";
    return Arrays.stream(arguments)
        .filter(argument -> argument.startsWith(option))
        .map(argument -> argument.substring(option.length()))
        .findFirst()
        .or(() -> Optional.ofNullable(System.getProperty(property)));
  }

  private static Set<String> propertyNames(String[] arguments) {
    return Arrays.stream(arguments)
        .filter(argument -> argument.startsWith("--"))
        .map(argument -> argument.substring(2).split("=", 2)[0])
        .collect(Collectors.toSet());
  }

  private static int start(Settings settings, String[] rest)
      throws IOException, InterruptedException {
    Settings.requireTheOne(Surroundings.own());
    requirePort(rest);
    STOP.listen();
    try (STOP;
        var muster = Muster.start(settings, List.of(rest), Main::progress, STOP)) {
      System.out.println(
          "Muster is ready at " + muster.url() + " (Kafka at " + muster.servers().kafka() + ").");
      muster
          .newToken()
          .ifPresent(token -> System.out.println("The owner's token, shown this once: " + token));
      return STOP.await();
    }
  }

  private static int demo(Settings settings, String[] rest)
      throws IOException, InterruptedException {
    Settings.requireTheOne(Surroundings.own());
    requirePort(rest);
    STOP.listen();
    var isTerminal = Optional.ofNullable(System.console()).filter(Console::isTerminal).isPresent();
    var inColour = isTerminal && System.getenv("NO_COLOR") == null;
    try (STOP;
        var muster = Muster.start(settings, List.of(rest), Main::progress, STOP);
        var _ =
            Demo.start(
                new Demo.Place(
                    URI.create(muster.url()),
                    muster.token(),
                    muster.servers().kafka(),
                    settings.feed().events(),
                    settings.data().resolve("demo-work")),
                Main::say,
                inColour)) {
      return STOP.await();
    }
  }

  private static int runtime(String[] rest) throws IOException, InterruptedException {
    RuntimeCommand command;
    try {
      settings(new String[0]);
      command = RuntimeCommand.of(List.of(rest), Surroundings.own());
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
      var port = Ports.parse("SERVER_PORT", Surroundings.own().get("SERVER_PORT"), SERVER_PORT);
      Ports.requireFree("SERVER_PORT", port);
    }
  }

  /// Brings the schema of a database that runs elsewhere up to date.
  private static int migrate(Settings settings, String[] rest) {
    var version = Migration.run(externalDatabase("migrate", settings), rest);
    System.out.println("The schema is at version " + version + ".");
    return 0;
  }

  private static String externalDatabase(String command, Settings settings) {
    return settings
        .jdbcUrl()
        .orElseThrow(() ->
            new Sentence("Set SPRING_DATASOURCE_URL: " + command + " runs on external servers."));
  }

  /// One of the two processes, on servers that run elsewhere.
  private static int alone(String role, Settings settings, String[] rest)
      throws IOException, InterruptedException {
    var jdbcUrl = externalDatabase(role, settings);
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
      var code = STOP.await();
      context.stop();
      return code;
    }
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
