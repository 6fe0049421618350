package dev.muster.client.runtime;

import dev.muster.client.Answer;
import dev.muster.client.MusterClient;
import dev.muster.client.Registration;
import java.util.List;
import java.util.UUID;

/// Who the runtime is to the server: registered by this process, and again when it was forgotten.
final class Presence {
  private final RuntimeOptions options;
  private final MusterClient client;
  private final String process = UUID.randomUUID().toString();

  /// Written by the thread that registers, read by all.
  private volatile String runtime = "";

  Presence(RuntimeOptions options, MusterClient client) {
    this.options = options;
    this.client = client;
  }

  String process() {
    return process;
  }

  String runtime() {
    return runtime;
  }

  /// Registers, for as long as it takes to be answered.
  ///
  /// @throws RuntimeRefused if the server does not want this runtime
  void register() throws InterruptedException {
    var identity = options.identity();
    var registration =
        new Registration(
            options.workspace(),
            identity.daemon(),
            identity.daemon(),
            process,
            List.of(
                new Registration.Offer(
                    "", identity.provider(), "1", identity.labels(), identity.slots())));
    runtime =
        switch (options.pace().retry().untilAnswered(() -> client.register(registration))) {
          case Answer.Accepted<List<String>>(var ids) when !ids.isEmpty() -> ids.getFirst();
          case Answer.Refused<List<String>>(var status, _, var sentence) ->
              throw new RuntimeRefused(
                  "Muster does not register this runtime: %s (%d).".formatted(sentence, status));
          case Answer.Accepted<List<String>> _,
              Answer.Late<List<String>> _,
              Answer.Fenced<List<String>> _ ->
              throw new RuntimeRefused(
                  "What answers at " + options.server().address() + " is no Muster.");
        };
  }
}
