package dev.muster.standalone;

import dev.muster.client.runtime.RuntimeRefused;
import dev.muster.events.feed.KafkaUnreachable;
import dev.muster.events.feed.TopicUnfit;
import java.net.BindException;
import java.sql.SQLException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.UnboundConfigurationPropertiesException;
import org.springframework.boot.web.server.PortInUseException;

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

  private static Optional<String> sentenceOf(Throwable cause) {
    return switch (cause) {
      case Sentence sentence -> Optional.ofNullable(sentence.getMessage());
      case RuntimeRefused refused -> Optional.ofNullable(refused.getMessage());
      case PortInUseException port ->
          Optional.of("Port %d is taken; set SERVER_PORT to another.".formatted(port.getPort()));
      case BindException _ ->
          Optional.of("A port is taken; set SERVER_PORT or MUSTER_KAFKA_PORT to another.");
      case KafkaUnreachable kafka ->
          Optional.of(
              kafka.getMessage() + "; start it, or correct SPRING_KAFKA_BOOTSTRAP_SERVERS.");
      case TopicUnfit topic ->
          Optional.of(
              topic.getMessage()
                  + "; set that with kafka-configs.sh, or delete the topic if nobody needs it.");
      case UnboundConfigurationPropertiesException unknown ->
          Optional.of(
              "The setting %s is unknown; remove it."
                  .formatted(unknown.getUnboundProperties().iterator().next().getName()));
      case SQLException sql when sql.getSQLState() != null && sql.getSQLState().startsWith("08") ->
          Optional.of(
              "Postgres cannot be reached (%s); start it, or correct SPRING_DATASOURCE_URL."
                  .formatted(firstLine(sql.getMessage())));
      case SQLException sql when sql.getSQLState() != null && sql.getSQLState().startsWith("28") ->
          Optional.of(
              "Postgres refuses the user (%s); correct SPRING_DATASOURCE_USERNAME and SPRING_DATASOURCE_PASSWORD."
                  .formatted(firstLine(sql.getMessage())));
      case IllegalArgumentException e when String.valueOf(e.getMessage()).startsWith("MUSTER_") ->
          Optional.of(e.getMessage() + ".");
      default -> Optional.empty();
    };
  }

  private static String firstLine(@Nullable String message) {
    return message == null
        ? "no reason given"
        : message.lines().findFirst().orElse("no reason given");
  }
}
