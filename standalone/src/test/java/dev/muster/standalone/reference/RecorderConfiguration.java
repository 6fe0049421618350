package dev.muster.standalone.reference;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.core.Ordered;

/// Lets every api that a test starts in its own JVM be held against the OpenAPI document.
@AutoConfiguration
@ConditionalOnWebApplication
public class RecorderConfiguration {
  @Bean
  FilterRegistrationBean<Recorder> recorder() {
    var registration = new FilterRegistrationBean<>(new Recorder());
    registration.setOrder(Ordered.HIGHEST_PRECEDENCE);
    return registration;
  }
}
