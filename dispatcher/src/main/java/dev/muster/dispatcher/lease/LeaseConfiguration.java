package dev.muster.dispatcher.lease;

import dev.muster.events.attempt.Attempts;
import dev.muster.events.attempt.Deadlines;
import dev.muster.events.feed.Outbox;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;

/// What the sweeper shares with the api.
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(Deadlines.class)
class LeaseConfiguration {
  @Bean
  Attempts attempts(JdbcClient db, Outbox outbox) {
    return new Attempts(db, outbox);
  }
}
