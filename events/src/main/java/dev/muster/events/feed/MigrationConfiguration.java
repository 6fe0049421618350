package dev.muster.events.feed;

import org.springframework.boot.flyway.autoconfigure.FlywayConfigurationCustomizer;
import org.springframework.boot.flyway.autoconfigure.FlywayMigrationStrategy;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/// How the schema is migrated, for every process that needs it.
@Configuration(proxyBeanMethods = false)
public class MigrationConfiguration {
  /// Migrations take the time they take, whatever limits the database or the user has.
  @Bean
  FlywayConfigurationCustomizer patientMigrations() {
    return flyway ->
        flyway.initSql(
            "SET TIME ZONE 'UTC'; SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0");
  }

  /// Before the schema is made: a server that is too old is left as it is.
  @Bean
  FlywayMigrationStrategy migration() {
    return flyway -> {
      ServerVersions.requirePostgres(flyway.getConfiguration().getDataSource());
      flyway.migrate();
    };
  }
}
