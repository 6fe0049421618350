package dev.muster.standalone;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.read.ListAppender;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;
import tools.jackson.databind.json.JsonMapper;

/// How the process's log looks, by the configuration that it has before Spring begins.
class LogFormatTest {
  private static final String FORMAT = "logging.structured.format.console";

  @AfterEach
  void forget() {
    System.clearProperty(FORMAT);
    MDC.clear();
  }

  @Test
  void linesAreForPeople() throws Exception {
    assertThat(line())
        .endsWith(" WARN  LogFormatTest Something task=\"t-1\" request_id=r-1 trace_id=a1\n");
  }

  @Test
  void everyFormatOfSpringBootIsJsonWithWhatALineIsAbout() throws Exception {
    for (var format : new String[] {"ecs", "logstash", "gelf"}) {
      System.setProperty(FORMAT, format);

      var line = new JsonMapper().readTree(line()).toString();

      assertThat(line)
          .as(format)
          .contains("\"Something\"", "request_id\":\"r-1\"", "trace_id\":\"a1\"", "task\":\"t-1\"");
    }
  }

  /// Says something as the first thing that a process logs.
  static final class Speaker {
    public static void main(String[] arguments) {
      LoggerFactory.getLogger(Speaker.class).warn("Something");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "ecs"})
  void aProcessLogsWhatItHasToSayAndNothingOfItsLogging(String format) throws Exception {
    var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    var process =
        new ProcessBuilder(
                java, "-cp", System.getProperty("java.class.path"), Speaker.class.getName())
            .redirectErrorStream(true);
    process.environment().put("LOGGING_STRUCTURED_FORMAT_CONSOLE", format);
    var speaker = process.start();
    var said = new String(speaker.getInputStream().readAllBytes(), UTF_8);

    assertThat(speaker.waitFor()).isZero();
    assertThat(said.lines()).singleElement().asString().contains("Something");
  }

  @Test
  void theAccessLogIsOffAndWithoutTheQueryWhereItIsOn() {
    var api = TestMuster.get().api();
    var access = (ch.qos.logback.classic.Logger) LoggerFactory.getLogger("access");
    var kept = new ListAppender<ILoggingEvent>();
    kept.start();
    access.addAppender(kept);
    try {
      var _ = api.get("/api/me?while=off");
      access.setLevel(ch.qos.logback.classic.Level.INFO);
      var _ = api.send("GET", "/ws?token=mul_secret", null, "X-Request-ID", "r-access");
      // The line is written when the answer has been sent.
      await()
          .untilAsserted(() ->
              assertThat(kept.list)
                  .filteredOn(e -> "r-access".equals(e.getMDCPropertyMap().get("request_id")))
                  .singleElement()
                  .satisfies(event ->
                      assertThat(event.getKeyValuePairs().toString())
                          .contains("method=\"GET\"", "path=\"/ws\"", "status=\"401\"")
                          .doesNotContain("mul_secret")));
    } finally {
      access.setLevel(null);
      access.detachAppender(kept);
    }

    assertThat(kept.list.toString()).doesNotContain("while=off");
  }

  /// A line as the shipped configuration writes it.
  private static String line() throws Exception {
    var context = new LoggerContext();
    context.setMDCAdapter(MDC.getMDCAdapter());
    var configurator = new JoranConfigurator();
    configurator.setContext(context);
    configurator.doConfigure(
        Objects.requireNonNull(LogFormatTest.class.getResource("/logback.xml")));
    var root = context.getLogger("ROOT");
    var console = (ConsoleAppender<ILoggingEvent>) root.getAppender("STDERR");
    var kept = new ListAppender<ILoggingEvent>();
    kept.setContext(context);
    kept.start();
    root.detachAppender(console);
    root.addAppender(kept);
    MDC.put("request_id", "r-1");
    MDC.put("trace_id", "a1");
    context.getLogger(LogFormatTest.class).atWarn().addKeyValue("task", "t-1").log("Something");
    var line = console.getEncoder().encode(kept.list.getFirst());
    context.stop();
    return new String(Objects.requireNonNull(line), UTF_8);
  }
}
