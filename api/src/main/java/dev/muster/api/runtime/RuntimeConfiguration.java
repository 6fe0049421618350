package dev.muster.api.runtime;

import dev.muster.events.attempt.Attempts;
import dev.muster.events.attempt.Deadlines;
import dev.muster.events.feed.Outbox;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;

/// What the runtimes' routes share with the dispatcher.
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(Deadlines.class)
class RuntimeConfiguration {
  @Bean
  Attempts attempts(JdbcClient db, Outbox outbox) {
    return new Attempts(db, outbox);
  }
}
