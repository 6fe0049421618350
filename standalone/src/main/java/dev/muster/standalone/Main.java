package dev.muster.standalone;

import java.io.IOException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The program: `start`, `api`, `dispatcher`, `help`.
public final class Main {
  private static final Logger log = LoggerFactory.getLogger(Main.class);
  private static final String HELP =
      """
      Muster dispatches tasks to coding agents.

        ./muster demo         everything on embedded servers, with simulated daemons at work
        ./muster start        everything on embedded servers, until SIGTERM
        ./muster api          the api alone, on external servers
        ./muster dispatcher   a dispatcher alone, on external servers
        ./muster help         this text

      Environment:
        SERVER_PORT           the port of api, socket and page (8080)
        MUSTER_DATA           directory of the embedded servers and the token (./data)
        MUSTER_TOKEN          the first owner's token (made and kept in MUSTER_DATA when missing)
        MUSTER_KAFKA_PORT     the embedded broker's port (0: any that is free)
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
    } catch (IOException | RuntimeException e) {
      var sentence = StartupFailure.sentence(e);
      sentence.ifPresentOrElse(
          System.err::println, () -> log.atError().setCause(e).log("Muster could not start"));
      System.exit(1);
    }
  }

  private static int run(String command, String[] rest) throws IOException, InterruptedException {
    return switch (command) {
      case "start" -> start(settings(rest), rest);
      case "api", "dispatcher" -> alone(command, settings(rest), rest);
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
    var stop = stopSignal();
    try (var muster = Muster.start(settings, List.of(rest), Main::say)) {
      System.out.println(
          "Muster is ready at " + muster.url() + " (Kafka at " + muster.servers().kafka() + ").");
      muster
          .newToken()
          .ifPresent(token -> System.out.println("The owner's token, shown this once: " + token));
      stop.await();
    } finally {
      STOPPED.countDown();
    }
    return 0;
  }

  /// One of the two processes, on servers that run elsewhere.
  private static int alone(String role, Settings settings, String[] rest)
      throws IOException, InterruptedException {
    var stop = stopSignal();
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
    try (var context =
            role.equals("api")
                ? Applications.api(jdbcUrl, kafka, settings.token().orElse(""), rest)
                : Applications.dispatcher(jdbcUrl, kafka, rest);
        var liveness = Liveness.of(role, context)) {
      System.out.println("The " + role + " is ready" + liveness.where() + ".");
      stop.await();
      context.stop();
    } finally {
      STOPPED.countDown();
    }
    return 0;
  }

  private static final CountDownLatch STOPPED = new CountDownLatch(1);

  /// Opens at SIGTERM or SIGINT; the process then ends when everything has been closed.
  private static CountDownLatch stopSignal() {
    var stop = new CountDownLatch(1);
    Runtime.getRuntime()
        .addShutdownHook(
            Thread.ofPlatform()
                .name("muster-stop")
                .unstarted(() -> {
                  stop.countDown();
                  try {
                    STOPPED.await();
                  } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                  }
                }));
    return stop;
  }

  /// stdout is for people.
  private static void say(String line) {
    System.out.println(line);
  }
}
