package dev.muster.events.webhook;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// What can be set of webhooks.
///
/// @param allowPrivate whether they may lead to addresses that are not public, and by plain `http`
/// @param retryFor for how long an event is sent again that is not taken; also for how long a
///   webhook may take nothing before it is switched off
@ConfigurationProperties(prefix = "muster.webhooks", ignoreUnknownFields = false)
public record WebhookProperties(
    @DefaultValue("false") boolean allowPrivate, @DefaultValue("3d") Duration retryFor) {
  private static final Duration RETRY_FOR_MIN = Duration.ofMinutes(1);
  private static final Duration RETRY_FOR_MAX = Duration.ofDays(30);

  public WebhookProperties {
    if (retryFor.compareTo(RETRY_FOR_MIN) < 0 || retryFor.compareTo(RETRY_FOR_MAX) > 0) {
      throw new IllegalArgumentException(
          "muster.webhooks.retry-for must be between 1 minute and 30 days");
    }
  }
}
