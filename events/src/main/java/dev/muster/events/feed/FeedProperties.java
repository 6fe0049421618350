package dev.muster.events.feed;

import dev.muster.events.FeedNames;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// What can be set of the feed.
///
/// @param prefix what the names of topics, group, transactional ids and clients begin with
/// @param retention how long the log in Postgres keeps what Kafka has; zero for ever
@ConfigurationProperties(prefix = "muster.feed", ignoreUnknownFields = false)
public record FeedProperties(
    @DefaultValue("muster") String prefix, @DefaultValue("0") Duration retention) {
  public FeedProperties {
    var _ = new FeedNames(prefix);
    if (retention.isNegative()) {
      throw new IllegalArgumentException("muster.feed.retention must not be negative");
    }
  }

  public FeedNames names() {
    return new FeedNames(prefix);
  }
}
