package dev.muster.standalone;

import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.encoder.Encoder;
import ch.qos.logback.core.encoder.EncoderBase;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.logging.logback.StructuredLogEncoder;
import org.springframework.core.env.Environment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;

/// Writes log lines for people; or, where `LOGGING_STRUCTURED_FORMAT_CONSOLE` names a format that
/// Spring Boot knows (`ecs`, `gelf`, `logstash`), as JSON. In all commands from the first line on,
/// those without Spring included.
public final class ConsoleEncoder extends EncoderBase<ILoggingEvent> {
  private static final String FORMAT = "logging.structured.format.console";
  private static final String VARIABLE = "LOGGING_STRUCTURED_FORMAT_CONSOLE";

  private String pattern = "";
  private @Nullable Encoder<ILoggingEvent> lines;

  /// How lines for people look; set by logback.
  public void setPattern(String pattern) {
    this.pattern = pattern;
  }

  /// What there is of Spring would log while logback is not ready for it, which is told in three
  /// lines of its own: so the encoder is made for the first line.
  private synchronized Encoder<ILoggingEvent> lines() {
    if (lines == null) {
      var format = format();
      var encoder = format.isBlank() ? forPeople() : structured(format);
      encoder.setContext(getContext());
      encoder.start();
      lines = encoder;
    }
    return lines;
  }

  private static String format() {
    var variable = Objects.requireNonNullElse(System.getenv(VARIABLE), "");
    return System.getProperty(FORMAT, variable).strip();
  }

  private Encoder<ILoggingEvent> forPeople() {
    var encoder = new PatternLayoutEncoder();
    encoder.setPattern(pattern);
    return encoder;
  }

  /// The formats ask the environment of the application what it is called. There is none yet when
  /// the process begins.
  private Encoder<ILoggingEvent> structured(String format) {
    var name = Environment.class.getName();
    if (getContext().getObject(name) == null) {
      var environment = new StandardEnvironment();
      environment
          .getPropertySources()
          .addLast(new MapPropertySource("muster", Map.of("spring.application.name", "muster")));
      getContext().putObject(name, environment);
    }
    var encoder = new StructuredLogEncoder();
    encoder.setFormat(format);
    return encoder;
  }

  @Override
  public byte @Nullable [] headerBytes() {
    return null;
  }

  @Override
  public byte[] encode(ILoggingEvent event) {
    return lines().encode(event);
  }

  @Override
  public byte @Nullable [] footerBytes() {
    return null;
  }
}
