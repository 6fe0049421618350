package dev.muster.standalone.feed;

import dev.muster.events.FeedNames;
import dev.muster.events.feed.FeedProperties;
import dev.muster.events.kafka.KafkaClients;
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
  @EnableConfigurationProperties({
    DataSourceProperties.class,
    KafkaProperties.class,
    FeedProperties.class
  })
  static class Settings {}

  private static final String BOOTSTRAP = "bootstrap.servers";
  private static final String KAFKA_VARIABLE = "SPRING_KAFKA_BOOTSTRAP_SERVERS";
  private static final String PREFIX_OPTION = "--muster.feed.prefix=";

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
    if (arguments.stream().noneMatch(argument -> argument.startsWith(PREFIX_OPTION))) {
      arguments.add(PREFIX_OPTION + prefix(data, environment));
    }
    return new FeedConnections(
        new SpringApplicationBuilder(Settings.class)
            .web(WebApplicationType.NONE)
            .properties("spring.config.name=feed", "spring.main.banner-mode=off")
            .registerShutdownHook(false)
            .logStartupInfo(false)
            .run(arguments.toArray(String[]::new)));
  }

  private static List<String> kafka(Path data, Function<String, Optional<String>> environment) {
    var login = new Properties();
    var named = environment.apply(KAFKA_VARIABLE);
    if (named.isPresent()) {
      login.put(BOOTSTRAP, named.get());
    } else {
      load(login, address(KAFKA_VARIABLE, environment, data.resolve("kafka.properties")));
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

  /// A Muster that runs on this machine has written down what its names begin with.
  private static String prefix(Path data, Function<String, Optional<String>> environment) {
    var named = environment.apply("MUSTER_FEED_PREFIX");
    if (named.isPresent()) {
      return named.get();
    }
    try {
      return environment.apply(KAFKA_VARIABLE).isPresent()
          ? FeedNames.DEFAULT.prefix()
          : Files.readString(data.resolve("feed.prefix")).strip();
    } catch (IOException e) {
      return FeedNames.DEFAULT.prefix();
    }
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

  KafkaClients kafka() {
    return new KafkaClients(
        context.getBean(KafkaProperties.class), context.getBean(FeedProperties.class).names());
  }

  @Override
  public void close() {
    context.close();
  }
}
