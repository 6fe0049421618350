package dev.muster.client.runtime;

import dev.muster.client.Answer;
import dev.muster.client.Beat;
import dev.muster.client.MusterClient;
import java.time.Duration;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Tells the server at its own interval what runs here, and does what it answers. Waits for nobody.
final class Heartbeats implements Runnable {
  private static final Logger log = LoggerFactory.getLogger(Heartbeats.class);

  private final MusterClient client;
  private final Presence presence;
  private final Runs runs;
  private final DiskRoom room;
  private final Consumer<String> lost;
  private boolean saidShortage;
  private Duration interval = Beat.DEFAULT_INTERVAL;

  /// @param lost is told in a sentence why this runtime must not go on
  Heartbeats(
      MusterClient client, Presence presence, Runs runs, DiskRoom room, Consumer<String> lost) {
    this.client = client;
    this.presence = presence;
    this.runs = runs;
    this.room = room;
    this.lost = lost;
  }

  @Override
  public void run() {
    try {
      while (beat()) {
        Thread.sleep(interval);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeRefused e) {
      lost.accept(e.getMessage());
    }
  }

  /// Beats once. Returns whether to go on.
  private boolean beat() throws InterruptedException {
    var began = System.nanoTime();
    var runtime = presence.runtime();
    var named = runs.claims();
    var shortage = room.shortage();
    var told = shortage.isEmpty() && !saidShortage ? null : shortage;
    var sent = new Beat.Sent(runtime, presence.process(), named, told);
    switch (client.heartbeat(sent)) {
      case Answer.Accepted<Beat>(var beat) -> {
        interval = beat.interval();
        saidShortage = !shortage.isEmpty();
        runs.obey(beat, named);
        beat.ping().ifPresent(ping -> pong(runtime, ping, System.nanoTime() - began));
      }
      case Answer.Refused<Beat> refused when refused.isSuperseded() -> {
        lost.accept(SUPERSEDED);
        return false;
      }
      case Answer.Refused<Beat> refused when refused.isNotFound() -> presence.register();
      case Answer.Refused<Beat>(var status, _, var sentence) ->
          log.atWarn().addKeyValue("status", status).log("A heartbeat was refused: {}", sentence);
      case Answer.NoAnswer<Beat>(var reason, _) ->
          log.atWarn().log("A heartbeat got no answer: {}", reason);
      case Answer.Late<Beat> _, Answer.Fenced<Beat> _ ->
          log.atWarn().log("A heartbeat was answered as a report is");
    }
    return true;
  }

  static final String SUPERSEDED =
      "Another process has registered as this runtime; this one stops, and what it ran is killed.";

  private void pong(String runtime, String ping, long nanos) {
    var _ =
        Thread.ofVirtual()
            .start(() -> {
              try {
                var _ = client.pong(runtime, ping, Duration.ofNanos(nanos));
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
  }
}
