package dev.muster.client.runtime;

import dev.muster.client.Answer;
import dev.muster.client.MusterClient;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Has the runtime's token live on for as long as the runtime does: the server renews one that has
/// a week or less left.
final class TokenRenewal implements Runnable {
  private static final Logger log = LoggerFactory.getLogger(TokenRenewal.class);

  /// Often enough that some answers may be lost within the week.
  private static final Duration EVERY = Duration.ofHours(12);

  private final MusterClient client;

  TokenRenewal(MusterClient client) {
    this.client = client;
  }

  @Override
  public void run() {
    try {
      while (true) {
        renew();
        Thread.sleep(EVERY);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void renew() throws InterruptedException {
    switch (client.renewToken()) {
      case Answer.Accepted<Boolean>(var isRenewed) -> {
        if (isRenewed) {
          log.atInfo().log("The token has been renewed");
        }
      }
      // An older server, whose tokens end when they end.
      case Answer.Refused<Boolean> refused when refused.isNotFound() -> {}
      case Answer.Refused<Boolean>(_, _, var sentence) ->
          log.atWarn().log("The token is not renewed: {}", sentence);
      case Answer.NoAnswer<Boolean>(var reason, _) ->
          log.atDebug().log("A renewal of the token got no answer: {}", reason);
      case Answer.Late<Boolean> _, Answer.Fenced<Boolean> _ ->
          log.atWarn().log("A renewal of the token was answered as a report is");
    }
  }
}
