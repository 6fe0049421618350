package dev.muster.events.trace;

import io.opentelemetry.api.OpenTelemetry;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/// Traces, for every process that exports them.
@Configuration(proxyBeanMethods = false)
@OnTraces
public class TraceConfiguration {
  @Bean
  Traces traces(OpenTelemetry telemetry) {
    return new Traces(telemetry);
  }
}
