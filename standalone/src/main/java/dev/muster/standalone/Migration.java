package dev.muster.standalone;

import dev.muster.events.feed.MigrationConfiguration;
import java.util.Objects;
import org.flywaydb.core.Flyway;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.flyway.autoconfigure.FlywayAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.datasource.SimpleDriverDataSource;

/// `migrate`: the schema made or migrated by a process of its own, before those that need it start.
/// They do the same where nobody has done it, under the same lock.
final class Migration {
  @SpringBootConfiguration(proxyBeanMethods = false)
  @ImportAutoConfiguration({DataSourceAutoConfiguration.class, FlywayAutoConfiguration.class})
  @Import(MigrationConfiguration.class)
  static class Schema {}

  private Migration() {}

  /// Migrates, under the settings of an api.
  ///
  /// @param more further properties, as `--name=value`
  /// @return the version that the schema has now
  static String run(String jdbcUrl, String... more) {
    try (var context =
        Applications.application(Schema.class, "migrate")
            .web(WebApplicationType.NONE)
            .properties(
                "spring.main.banner-mode=off",
                // A connection for each use: nothing stays open beside those of the others.
                "spring.datasource.type=" + SimpleDriverDataSource.class.getName(),
                "spring.datasource.url=" + jdbcUrl,
                "spring.flyway.locations=classpath:db/migration",
                "logging.level.root=warn",
                "logging.level.org.flywaydb.core.internal.command=info")
            .run(more)) {
      var current = context.getBean(Flyway.class).info().current();
      return String.valueOf(Objects.requireNonNull(current).getVersion());
    }
  }
}
