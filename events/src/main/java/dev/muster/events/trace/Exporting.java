package dev.muster.events.trace;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.AutoConfigurationImportFilter;
import org.springframework.boot.autoconfigure.AutoConfigurationMetadata;
import org.springframework.context.EnvironmentAware;
import org.springframework.context.annotation.Condition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.env.Environment;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.type.AnnotatedTypeMetadata;
import org.springframework.util.StringUtils;

/// Leaves out what Spring Boot would configure for OpenTelemetry as long as nothing is exported: an
/// SDK without an endpoint would make spans and throw them away.
///
/// `OTEL_EXPORTER_OTLP_ENDPOINT` and its like are mapped to properties by Spring Boot; what is read
/// here is what they are mapped to.
public final class Exporting implements AutoConfigurationImportFilter, EnvironmentAware {
  private static final String BOOT = "org.springframework.boot.";
  private static final String SDK =
      BOOT + "opentelemetry.autoconfigure.OpenTelemetrySdkAutoConfiguration";
  private static final String TRACES = BOOT + "micrometer.tracing.opentelemetry.autoconfigure.";
  private static final String METRICS =
      BOOT + "micrometer.metrics.autoconfigure.export.otlp.OtlpMetricsExportAutoConfiguration";

  private Environment environment = new StandardEnvironment();

  @Override
  public void setEnvironment(Environment environment) {
    this.environment = environment;
  }

  @Override
  public boolean[] match(@Nullable String[] configurations, AutoConfigurationMetadata metadata) {
    var wanted = new boolean[configurations.length];
    for (var i = 0; i < wanted.length; i++) {
      // What another filter has left out is null.
      var configuration = configurations[i];
      wanted[i] = configuration == null || isWanted(configuration);
    }
    return wanted;
  }

  /// Of Micrometer's tracing, which makes spans of whatever is observed, nothing is wanted: the
  /// spans are our own. Log lines are for whoever reads the process's output.
  private boolean isWanted(String configuration) {
    if (configuration.equals(METRICS)) {
      return StringUtils.hasText(environment.getProperty("management.otlp.metrics.export.url"));
    }
    if (configuration.equals(SDK) || configuration.startsWith(TRACES)) {
      return isOfTraces(environment);
    }
    return !configuration.startsWith(BOOT + "opentelemetry.")
        && !configuration.startsWith(BOOT + "micrometer.tracing.");
  }

  private static boolean isOfTraces(Environment environment) {
    return StringUtils.hasText(
            environment.getProperty("management.opentelemetry.tracing.export.otlp.endpoint"))
        && environment.getProperty("management.opentelemetry.enabled", Boolean.class, true)
        && environment.getProperty("management.tracing.export.otlp.enabled", Boolean.class, true);
  }

  /// Whether traces are exported.
  static final class OfTraces implements Condition {
    @Override
    public boolean matches(ConditionContext context, AnnotatedTypeMetadata metadata) {
      return isOfTraces(context.getEnvironment());
    }
  }
}
