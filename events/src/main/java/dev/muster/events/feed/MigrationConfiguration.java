package dev.muster.events.feed;

import org.springframework.boot.flyway.autoconfigure.FlywayMigrationStrategy;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/// How the schema is migrated, for every process that needs it.
@Configuration(proxyBeanMethods = false)
public class MigrationConfiguration {
  /// Before the schema is made: a server that is too old is left as it is.
  @Bean
  FlywayMigrationStrategy migration() {
    return flyway -> {
      ServerVersions.requirePostgres(flyway.getConfiguration().getDataSource());
      flyway.migrate();
    };
  }
}
