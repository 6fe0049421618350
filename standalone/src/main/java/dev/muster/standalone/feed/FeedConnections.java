package dev.muster.standalone.feed;

import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.function.Function;
import javax.sql.DataSource;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.jdbc.autoconfigure.DataSourceProperties;
import org.springframework.boot.kafka.autoconfigure.KafkaProperties;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.SimpleDriverDataSource;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/// The Postgres and Kafka of an installation: those that Spring's settings name, as for the api, or
/// the embedded ones of a Muster that runs on this machine.
final class FeedConnections implements AutoCloseable {
  @SpringBootConfiguration
  @EnableConfigurationProperties({DataSourceProperties.class, KafkaProperties.class})
  static class Settings {}

  private static final String BOOTSTRAP = "bootstrap.servers";

  private final ConfigurableApplicationContext context;

  private FeedConnections(ConfigurableApplicationContext context) {
    this.context = context;
  }

  /// @param data the directory in which a Muster on this machine writes its addresses down
  /// @param more further settings, as `--spring.…=value`
  static FeedConnections open(
      Path data, Function<String, Optional<String>> environment, String[] more) {
    var arguments = new ArrayList<>(List.of(more));
    arguments.add(
        "--spring.datasource.url="
            + address("SPRING_DATASOURCE_URL", environment, data.resolve("postgres.url")));
    kafka(data, environment).forEach(arguments::add);
    return new FeedConnections(
        new SpringApplicationBuilder(Settings.class)
            .web(WebApplicationType.NONE)
            .properties("spring.config.name=feed", "spring.main.banner-mode=off")
            .registerShutdownHook(false)
            .logStartupInfo(false)
            .run(arguments.toArray(String[]::new)));
  }

  private static List<String> kafka(Path data, Function<String, Optional<String>> environment) {
    var variable = "SPRING_KAFKA_BOOTSTRAP_SERVERS";
    var login = new Properties();
    var named = environment.apply(variable);
    if (named.isPresent()) {
      login.put(BOOTSTRAP, named.get());
    } else {
      load(login, address(variable, environment, data.resolve("kafka.properties")));
    }
    return login.stringPropertyNames().stream()
        .map(name ->
            (name.equals(BOOTSTRAP)
                    ? "--spring.kafka.bootstrap-servers"
                    : "--spring.kafka.properties." + name)
                + "="
                + login.getProperty(name))
        .toList();
  }

  private static void load(Properties properties, String text) {
    try {
      properties.load(new StringReader(text));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String address(
      String variable, Function<String, Optional<String>> environment, Path file) {
    return environment
        .apply(variable)
        .orElseGet(() -> {
          try {
            return Files.readString(file).strip();
          } catch (IOException e) {
            throw new CannotRun(
                "Set %s: no Muster that runs on this machine has written %s."
                    .formatted(variable, file),
                e);
          }
        });
  }

  /// One connection in one transaction that sees the database as it is now, and changes nothing.
  SingleConnectionDataSource snapshot() {
    try {
      var connection = database().getConnection();
      connection.setAutoCommit(false);
      try (var statement = connection.createStatement()) {
        statement.execute("SET TIME ZONE 'UTC'");
        connection.commit();
        statement.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY");
      }
      return new SingleConnectionDataSource(connection, true);
    } catch (SQLException e) {
      throw new CannotRun(
          "Postgres at %s does not answer (%s)."
              .formatted(
                  withoutLogin(context.getBean(DataSourceProperties.class).determineUrl()),
                  e.getMessage()),
          e);
    }
  }

  private static String withoutLogin(String url) {
    return url.split("\\?", 2)[0];
  }

  /// A connection for each statement.
  DataSource database() {
    return context
        .getBean(DataSourceProperties.class)
        .initializeDataSourceBuilder()
        .type(SimpleDriverDataSource.class)
        .build();
  }

  static JdbcClient client(SingleConnectionDataSource snapshot) {
    return JdbcClient.create(snapshot);
  }

  KafkaProperties kafka() {
    return context.getBean(KafkaProperties.class);
  }

  @Override
  public void close() {
    context.close();
  }
}
