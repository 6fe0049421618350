package dev.muster.api.notifier;

import dev.muster.api.frame.Frames;
import dev.muster.api.frame.History;
import dev.muster.events.feed.FeedLog;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.socket.server.standard.ServletServerContainerFactoryBean;
import tools.jackson.databind.json.JsonMapper;

/// The frames of the history, and sockets that cost little while nothing is said on them.
@Configuration(proxyBeanMethods = false)
class NotifierConfiguration {
  /// What a client sends comes in parts, so that a buffer need not hold all of it.
  private static final int INBOUND_BUFFER = 1024;

  @Bean
  History history(FeedLog feedLog) {
    return new History(feedLog.epoch());
  }

  @Bean
  Frames frames(JsonMapper json, History history) {
    return new Frames(json, history);
  }

  @Bean
  ServletServerContainerFactoryBean webSocketContainer() {
    var container = new ServletServerContainerFactoryBean();
    container.setMaxTextMessageBufferSize(INBOUND_BUFFER);
    container.setMaxBinaryMessageBufferSize(INBOUND_BUFFER);
    return container;
  }
}
