package dev.muster.standalone;

import dev.muster.client.runtime.RuntimeRefused;
import dev.muster.events.feed.FeedRefused;
import dev.muster.events.feed.KafkaUnreachable;
import dev.muster.events.feed.ServerUnfit;
import dev.muster.events.feed.TopicUnfit;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import org.flywaydb.core.api.FlywayException;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.UnboundConfigurationPropertiesException;
import org.springframework.boot.web.server.PortInUseException;
import org.springframework.util.unit.DataSize;

/// Says in one sentence why Muster did not start.
final class StartupFailure {
  private StartupFailure() {}

  /// The sentence; empty if the failure is none that a setting could mend.
  static Optional<String> sentence(Throwable failure) {
    for (@Nullable Throwable cause = failure; cause != null; cause = cause.getCause()) {
      var sentence = sentenceOf(cause);
      if (sentence.isPresent()) {
        return sentence;
      }
    }
    return Optional.empty();
  }

  /// Says why, in any case. What nobody has foreseen leaves its trace in a file, for whoever mends
  /// it.
  static String told(Throwable failure) {
    return sentence(failure).orElseGet(() -> unforeseen(failure));
  }

  private static String unforeseen(Throwable failure) {
    var sentence = "Muster could not start: " + reason(failure);
    try {
      var file = Files.createTempFile("muster-start-", ".log");
      try (var out = new PrintWriter(Files.newBufferedWriter(file))) {
        failure.printStackTrace(out);
      }
      return sentence + " (more in " + file + ").";
    } catch (IOException e) {
      return sentence + ".";
    }
  }

  private static Optional<String> sentenceOf(Throwable cause) {
    return switch (cause) {
      case Sentence sentence -> Optional.ofNullable(sentence.getMessage());
      case RuntimeRefused refused -> Optional.ofNullable(refused.getMessage());
      case PortInUseException port ->
          Optional.of("Port %d is taken; set SERVER_PORT to another.".formatted(port.getPort()));
      case java.net.BindException _ ->
          Optional.of("A port is taken; set SERVER_PORT or MUSTER_KAFKA_PORT to another.");
      case KafkaUnreachable kafka ->
          Optional.of(
              kafka.getMessage() + "; start it, or correct SPRING_KAFKA_BOOTSTRAP_SERVERS.");
      case FeedRefused feed -> Optional.of(feed.getMessage() + ".");
      case TopicUnfit topic ->
          Optional.of(
              topic.getMessage()
                  + "; set that with kafka-configs.sh, or delete the topic if nobody needs it.");
      case ServerUnfit server -> Optional.of(server.getMessage() + ".");
      case BindException setting -> wrongValue(setting);
      case UnboundConfigurationPropertiesException unknown ->
          Optional.of(
              "The setting %s is unknown; remove it."
                  .formatted(unknown.getUnboundProperties().iterator().next().getName()));
      case FlywayException flyway -> foreignSchema(String.valueOf(flyway.getMessage()));
      case SQLException sql -> PostgresRefusal.sentence(sql);
      case IllegalArgumentException e when isOfSetting(String.valueOf(e.getMessage())) ->
          Optional.of(e.getMessage() + ".");
      default -> Optional.empty();
    };
  }

  /// What Flyway advises instead, to baseline, would leave out Muster's first migration for ever.
  private static Optional<String> foreignSchema(String message) {
    var reason =
        message.startsWith("Found non-empty schema")
            ? "has tables that are not Muster's"
            : message.startsWith("Validate failed")
                ? "was migrated by another program, or by a later Muster"
                : "";
    return reason.isEmpty()
        ? Optional.empty()
        : Optional.of(
            "The database %s; give Muster a database of its own, or a schema (?currentSchema=… in SPRING_DATASOURCE_URL)."
                .formatted(reason));
  }

  private static boolean isOfSetting(String message) {
    return message.startsWith("MUSTER_") || message.startsWith("muster.");
  }

  /// The value is shown of Muster's own settings only: others may be secret.
  private static Optional<String> wrongValue(BindException wrong) {
    var property = wrong.getProperty();
    if (property == null) {
      return Optional.empty();
    }
    var name = property.getName().toString();
    var variable = Units.variable(name);
    var value = name.startsWith("muster.") ? String.valueOf(property.getValue()) : "set to what";
    var type = wrong.getTarget().getType().resolve(Object.class);
    var wanted =
        type == Duration.class
            ? "no time such as 30s, 5m, 12h or 30d"
            : type == DataSize.class
                ? "no size such as 512MB or 2GB"
                : type == Boolean.class || type == boolean.class
                    ? "neither true nor false"
                    : Number.class.isAssignableFrom(type) || type.isPrimitive()
                        ? "no number, or not one that is possible"
                        : "not possible";
    return Optional.of(
        "The setting %s (%s) is %s, which is %s.".formatted(name, variable, value, wanted));
  }

  /// What a person can make of a failure that nobody has foreseen: its innermost reason, in a line.
  static String reason(Throwable failure) {
    var cause = failure;
    for (var inner = cause.getCause(); inner != null; inner = inner.getCause()) {
      cause = inner;
    }
    var message = cause.getMessage();
    return message == null || message.isBlank()
        ? cause.getClass().getSimpleName()
        : firstLine(message);
  }

  static String firstLine(@Nullable String message) {
    return message == null
        ? "no reason given"
        : message.lines().findFirst().orElse("no reason given");
  }
}
