package dev.muster.standalone;

import dev.muster.client.Answer;
import dev.muster.client.MusterClient;
import dev.muster.client.MusterClient.Workspace;
import dev.muster.client.Network;
import dev.muster.client.runtime.CommandRuntime;
import dev.muster.client.runtime.RuntimeOptions;
import java.io.IOException;
import java.net.URI;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/// `./muster runtime`: runs a command for each task of a Muster that runs elsewhere.
///
/// @param server the Muster, with the path under which a proxy has it
/// @param workspace its id; empty for the only one that the token sees
record RuntimeCommand(
    RuntimeOptions.Server server,
    Optional<String> workspace,
    RuntimeOptions.Identity identity,
    String command,
    Path work,
    RuntimeOptions.Keep keep) {
  private static final int SLOTS_MAX = 100;
  private static final Set<String> OPTIONS =
      Set.of(
          "command",
          "workspace",
          "provider",
          "daemon-id",
          "slots",
          "labels",
          "work",
          "server",
          "keep",
          "keep-size",
          "reserve");

  /// Reads and checks what a person wrote.
  ///
  /// @throws Sentence if an option is unknown or impossible, or one is missing
  static RuntimeCommand of(List<String> arguments, Map<String, String> environment) {
    var options = options(arguments);
    try {
      var _ = Network.of(environment);
    } catch (IllegalArgumentException e) {
      throw new Sentence(e.getMessage() + ".", e);
    }
    var token = Optional.ofNullable(environment.get("MUSTER_TOKEN")).filter(t -> !t.isBlank());
    var url = Optional.ofNullable(environment.get("MUSTER_URL")).filter(u -> !u.isBlank());
    if (token.filter(t -> !t.strip().matches("[!-~]*")).isPresent()) {
      throw new Sentence(
          "MUSTER_TOKEN has characters that are in no token, such as quotation marks; copy it again.");
    }
    var server = options.getOrDefault("server", url.orElse("http://localhost:8080"));
    var identity =
        new RuntimeOptions.Identity(
            options.getOrDefault("daemon-id", ""),
            options.getOrDefault("provider", "command"),
            labels(options.getOrDefault("labels", "")),
            slots(options.getOrDefault("slots", "1")));
    return new RuntimeCommand(
        new RuntimeOptions.Server(
            address(server),
            token
                .orElseThrow(() ->
                    new Sentence(
                        "Set MUSTER_TOKEN to a token of the workspace; Muster made one in data/token."))
                .strip()),
        Optional.ofNullable(options.get("workspace")),
        identity,
        Optional.ofNullable(options.get("command"))
            .orElseThrow(() ->
                new Sentence("Say what to run for each task: ./muster runtime --command '…'.")),
        path(options.getOrDefault("work", "muster-work")),
        new RuntimeOptions.Keep(
            time("keep", options.getOrDefault("keep", "14d")),
            size("keep-size", options.getOrDefault("keep-size", "20GB")),
            size("reserve", options.getOrDefault("reserve", "512MB"))));
  }

  private static Duration time(String option, String text) {
    return Units.time(text)
        .orElseThrow(
            () -> new Sentence("--%s %s is no time such as 12h or 14d.".formatted(option, text)));
  }

  private static long size(String option, String text) {
    return Units.size(text)
        .orElseThrow(
            () -> new Sentence("--%s %s is no size such as 512MB or 20GB.".formatted(option, text)))
        .toBytes();
  }

  private static Map<String, String> options(List<String> arguments) {
    var options = new HashMap<String, String>();
    for (var i = 0; i < arguments.size(); i++) {
      var argument = arguments.get(i);
      var parts = argument.substring(Math.min(2, argument.length())).split("=", 2);
      if (!argument.startsWith("--") || !OPTIONS.contains(parts[0])) {
        throw new Sentence(
            "./muster runtime knows no %s; it knows %s."
                .formatted(
                    parts.length == 2 ? "--" + parts[0] : argument,
                    OPTIONS.stream()
                        .sorted()
                        .map(o -> "--" + o)
                        .collect(Collectors.joining(", "))));
      }
      if (parts.length == 1 && i + 1 == arguments.size()) {
        throw new Sentence("The option " + argument + " needs a value.");
      }
      var value = parts.length == 2 ? parts[1] : arguments.get(++i);
      if (value.isBlank()) {
        throw new Sentence("The option --" + parts[0] + " needs a value.");
      }
      if (options.put(parts[0], value) != null) {
        throw new Sentence("The option --" + parts[0] + " is there twice.");
      }
    }
    return options;
  }

  private static URI address(String text) {
    try {
      var address = URI.create(text);
      if (Set.of("http", "https").contains(address.getScheme()) && address.getHost() != null) {
        return address;
      }
    } catch (IllegalArgumentException | NullPointerException e) {
      // Told below.
    }
    throw new Sentence("The server " + text + " is no address such as http://localhost:8080.");
  }

  private static Map<String, String> labels(String text) {
    var labels = new HashMap<String, String>();
    for (var label : text.isEmpty() ? new String[0] : text.split(",", -1)) {
      var parts = label.split("=", 2);
      if (parts.length != 2 || parts[0].isBlank()) {
        throw new Sentence("The labels " + text + " are none such as os=linux,gpu=yes.");
      }
      if (labels.put(parts[0].strip(), parts[1].strip()) != null) {
        throw new Sentence("The label %s is there twice.".formatted(parts[0].strip()));
      }
    }
    return labels;
  }

  private static int slots(String text) {
    try {
      var slots = Integer.parseInt(text);
      if (slots >= 1 && slots <= SLOTS_MAX) {
        return slots;
      }
    } catch (NumberFormatException e) {
      // Told below.
    }
    throw new Sentence("The slots " + text + " are no number from 1 to " + SLOTS_MAX + ".");
  }

  private static Path path(String text) {
    try {
      return Path.of(text);
    } catch (InvalidPathException e) {
      throw new Sentence("The directory " + text + " is none.");
    }
  }

  /// Runs tasks until it is told to stop, or must not go on. Returns the exit code.
  ///
  /// @param out is told how tasks move
  int run(CountDownLatch stop, Consumer<String> out) throws IOException, InterruptedException {
    try (var runtime = start(stop, out)) {
      out.accept(
          "The runtime %s takes %d tasks at once from %s."
              .formatted(runtime.id(), identity.slots(), server.address()));
      var watch = onItsOwn(() -> endAtLoss(runtime, stop));
      stop.await();
      watch.interrupt();
      runtime.loss().ifPresent(System.err::println);
      return runtime.loss().isPresent() ? 1 : 0;
    }
  }

  /// A server that does not answer is waited for until somebody wants to stop.
  private CommandRuntime start(CountDownLatch stop, Consumer<String> out)
      throws IOException, InterruptedException {
    var starting = Thread.currentThread();
    var giveUp =
        onItsOwn(() -> {
          stop.await();
          starting.interrupt();
        });
    try {
      var options =
          new RuntimeOptions(
              server,
              workspace.isPresent() ? workspace.get() : onlyWorkspace(),
              identity,
              command,
              work,
              keep,
              RuntimeOptions.Pace.standard());
      return CommandRuntime.start(options, out);
    } finally {
      giveUp.interrupt();
    }
  }

  private interface Wait {
    void run() throws InterruptedException;
  }

  private static Thread onItsOwn(Wait wait) {
    return Thread.ofVirtual()
        .start(() -> {
          try {
            wait.run();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
  }

  private static void endAtLoss(CommandRuntime runtime, CountDownLatch stop)
      throws InterruptedException {
    var _ = runtime.awaitLoss();
    stop.countDown();
  }

  private String onlyWorkspace() throws InterruptedException {
    try (var client = new MusterClient(server.address(), server.token())) {
      return switch (RuntimeOptions.Pace.standard().retry().untilAnswered(client::workspaces)) {
        case Answer.Accepted<List<Workspace>>(var found) when found.size() == 1 ->
            found.getFirst().id();
        case Answer.Accepted<List<Workspace>>(var found) ->
            throw new Sentence(
                found.isEmpty()
                    ? "The token sees no workspace; make one first."
                    : "Say which workspace with --workspace: "
                        + found.stream()
                            .map(one -> one.id() + " (" + one.name() + ")")
                            .collect(Collectors.joining(", "))
                        + ".");
        case Answer.Refused<List<Workspace>> refused when !refused.isOfCaller() ->
            throw new Sentence(
                "What answers at %s is no Muster (%d); correct MUSTER_URL."
                    .formatted(server.address(), refused.status()));
        case Answer.Refused<List<Workspace>>(var status, _, var sentence) ->
            throw new Sentence(
                "Muster does not take the token: %s (%d); correct MUSTER_TOKEN."
                    .formatted(sentence, status));
        case Answer.Late<List<Workspace>> _, Answer.Fenced<List<Workspace>> _ ->
            throw new Sentence("What answers at " + server.address() + " is no Muster.");
      };
    }
  }
}
