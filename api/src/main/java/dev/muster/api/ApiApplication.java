package dev.muster.api;

import dev.muster.api.edge.Quotas;
import dev.muster.events.feed.FeedConfiguration;
import dev.muster.tasks.TasksConfiguration;
import java.util.List;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration;
import org.springframework.boot.security.autoconfigure.UserDetailsServiceAutoConfiguration;
import org.springframework.boot.webmvc.autoconfigure.error.ErrorMvcAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.http.MediaType;
import org.springframework.scheduling.annotation.EnableScheduling;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.servlet.config.annotation.ContentNegotiationConfigurer;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/// The api: REST, claims, WebSocket and the page, on one port.
@SpringBootApplication(
    exclude = {
      UserDetailsServiceAutoConfiguration.class,
      ErrorMvcAutoConfiguration.class,
      ObservationAutoConfiguration.class
    })
@EnableScheduling
@EnableConfigurationProperties(ApiProperties.class)
@Import({FeedConfiguration.class, TasksConfiguration.class})
public class ApiApplication implements WebMvcConfigurer {
  private final List<HandlerMethodArgumentResolver> arguments;

  ApiApplication(List<HandlerMethodArgumentResolver> arguments) {
    this.arguments = List.copyOf(arguments);
  }

  @Bean
  static Quotas quotas(ApiProperties properties) {
    return properties.quotas();
  }

  /// There is only JSON: what a client says it accepts is not asked, as the seed does not.
  @Override
  public void configureContentNegotiation(ContentNegotiationConfigurer configurer) {
    configurer.ignoreAcceptHeader(true).defaultContentType(MediaType.APPLICATION_JSON);
  }

  @Override
  public void addArgumentResolvers(List<HandlerMethodArgumentResolver> resolvers) {
    resolvers.addAll(arguments);
  }
}
