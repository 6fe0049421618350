package dev.muster.standalone;

import dev.muster.api.ApiApplication;
import dev.muster.api.server.Startup;
import dev.muster.dispatcher.DispatcherApplication;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.micrometer.metrics.autoconfigure.startup.StartupTimeMetricsListenerAutoConfiguration;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;

/// Starts api and dispatcher, each a Spring context of its own that knows the other only through
/// Postgres and Kafka.
public final class Applications {
  private static final List<String> SILENT =
      Stream.of(
              "org.springframework.boot.SpringApplication",
              "org.springframework.boot.diagnostics",
              "org.springframework.boot.web.server.servlet.context",
              "org.springframework.context.annotation",
              "org.apache.catalina.core.StandardService")
          .map(logger -> "logging.level." + logger + "=off")
          .toList();

  private Applications() {}

  /// Starts the api. Returns when it answers.
  ///
  /// @param token the first owner's token
  /// @param more further properties, as `--name=value`
  public static ConfigurableApplicationContext api(
      String jdbcUrl, String kafka, String token, String... more) {
    var arguments = arguments(jdbcUrl, kafka, more);
    arguments.add("--muster.api.token=" + token);
    return start(ApiApplication.class, "api", arguments);
  }

  /// The same, where more starts in the same process: until that says so, the api's health is that
  /// of a start.
  static ConfigurableApplicationContext api(
      Startup startup, String jdbcUrl, String kafka, String token, String... more) {
    var arguments = arguments(jdbcUrl, kafka, more);
    arguments.add("--muster.api.token=" + token);
    return application(ApiApplication.class, "api")
        .initializers(context -> context.getBeanFactory().registerSingleton("startup", startup))
        .run(arguments.toArray(String[]::new));
  }

  /// Starts a dispatcher.
  public static ConfigurableApplicationContext dispatcher(
      String jdbcUrl, String kafka, String... more) {
    return start(DispatcherApplication.class, "dispatcher", arguments(jdbcUrl, kafka, more));
  }

  /// Starts a dispatcher beside an api in the same process, with the api's metrics.
  static ConfigurableApplicationContext dispatcherBeside(
      ConfigurableApplicationContext api, String jdbcUrl, String kafka, String... more) {
    var metrics = api.getBean(PrometheusMeterRegistry.class);
    var arguments = arguments(jdbcUrl, kafka, more);
    // How long the start took is told once for each registry.
    arguments.add(
        "--spring.autoconfigure.exclude="
            + StartupTimeMetricsListenerAutoConfiguration.class.getName());
    return application(DispatcherApplication.class, "dispatcher")
        .initializers(context ->
            context.getBeanFactory().registerSingleton("prometheusMeterRegistry", metrics))
        .run(arguments.toArray(String[]::new));
  }

  /// The port an api listens on.
  public static int port(ConfigurableApplicationContext api) {
    if (api instanceof WebServerApplicationContext web && web.getWebServer() != null) {
      return web.getWebServer().getPort();
    }
    throw new IllegalStateException("the api has no web server");
  }

  private static List<String> arguments(String jdbcUrl, String kafka, String... more) {
    var arguments = new ArrayList<>(List.of(more));
    arguments.add("--spring.datasource.url=" + jdbcUrl);
    arguments.add("--spring.kafka.bootstrap-servers=" + kafka);
    return arguments;
  }

  private static ConfigurableApplicationContext start(
      Class<?> application, String name, List<String> arguments) {
    return application(application, name).run(arguments.toArray(String[]::new));
  }

  static SpringApplicationBuilder application(Class<?> application, String name) {
    return new SpringApplicationBuilder(application)
        .properties("spring.config.name=" + name, "spring.jmx.enabled=false")
        // A start that fails is told once, by StartupFailure.
        .properties(SILENT.toArray(String[]::new))
        .initializers(Surroundings::replace, Units::require)
        .registerShutdownHook(false)
        .logStartupInfo(false);
  }
}
