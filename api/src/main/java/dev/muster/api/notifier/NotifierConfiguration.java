package dev.muster.api.notifier;

import dev.muster.events.feed.FeedLog;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import tools.jackson.databind.json.JsonMapper;

/// The frames of this history.
@Configuration(proxyBeanMethods = false)
class NotifierConfiguration {
  @Bean
  Frames frames(JsonMapper json, FeedLog feedLog) {
    return new Frames(json, feedLog.epoch());
  }
}
