package dev.muster.api.notifier;

import dev.muster.api.frame.Frames;
import dev.muster.events.feed.FeedLog;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.socket.server.standard.ServletServerContainerFactoryBean;
import tools.jackson.databind.json.JsonMapper;

/// The frames of this history, and sockets that cost little while nothing is said on them.
@Configuration(proxyBeanMethods = false)
class NotifierConfiguration {
  /// What a client sends comes in parts, so that a buffer need not hold all of it.
  private static final int INBOUND_BUFFER = 1024;

  @Bean
  Frames frames(JsonMapper json, FeedLog feedLog) {
    return new Frames(json, feedLog.epoch());
  }

  @Bean
  ServletServerContainerFactoryBean webSocketContainer() {
    var container = new ServletServerContainerFactoryBean();
    container.setMaxTextMessageBufferSize(INBOUND_BUFFER);
    container.setMaxBinaryMessageBufferSize(INBOUND_BUFFER);
    return container;
  }
}
