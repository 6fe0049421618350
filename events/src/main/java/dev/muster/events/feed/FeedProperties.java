package dev.muster.events.feed;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// What can be set of the feed.
///
/// @param retention how long the log in Postgres keeps what Kafka has; zero for ever
@ConfigurationProperties(prefix = "muster.feed", ignoreUnknownFields = false)
public record FeedProperties(@DefaultValue("0") Duration retention) {
  public FeedProperties {
    if (retention.isNegative()) {
      throw new IllegalArgumentException("muster.feed.retention must not be negative");
    }
  }
}
