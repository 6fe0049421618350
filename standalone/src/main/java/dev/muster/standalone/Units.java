package dev.muster.standalone;

import dev.muster.api.edge.Quotas;
import dev.muster.api.oidc.OidcProperties;
import dev.muster.events.feed.FeedProperties;
import dev.muster.events.webhook.WebhookProperties;
import dev.muster.tasks.command.Deadlines;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.DataObjectPropertyName;
import org.springframework.boot.convert.DurationStyle;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.Environment;
import org.springframework.util.unit.DataSize;

/// Times and sizes with their units. Spring takes `7` for milliseconds, or bytes, which nobody
/// means: a number alone is refused unless it is 0.
final class Units {
  private static final Pattern NUMBER = Pattern.compile("[+-]?\\d+");
  private static final Map<String, Class<? extends Record>> SETTINGS =
      Map.of(
          "muster.api.quotas.",
          Quotas.class,
          "muster.deadlines.",
          Deadlines.class,
          "muster.feed.",
          FeedProperties.class,
          "muster.oidc.",
          OidcProperties.class,
          "muster.webhooks.",
          WebhookProperties.class);

  private Units() {}

  /// Empty if it is none, below zero, or has no unit.
  static Optional<Duration> time(String text) {
    try {
      return Optional.of(DurationStyle.detectAndParse(text))
          .filter(time -> !time.isNegative() && !lacksUnit(text));
    } catch (IllegalArgumentException | ArithmeticException e) {
      return Optional.empty();
    }
  }

  /// Empty if it is none, below zero, or has no unit.
  static Optional<DataSize> size(String text) {
    try {
      return Optional.of(DataSize.parse(text))
          .filter(size -> !size.isNegative() && !lacksUnit(text));
    } catch (IllegalArgumentException | ArithmeticException e) {
      return Optional.empty();
    }
  }

  /// @throws Sentence if a setting is a time or size without a unit
  static void require(ConfigurableApplicationContext context) {
    SETTINGS.forEach((prefix, settings) ->
        Arrays.stream(settings.getRecordComponents())
            .filter(setting ->
                setting.getType() == Duration.class || setting.getType() == DataSize.class)
            .forEach(setting ->
                require(
                    context.getEnvironment(),
                    prefix + DataObjectPropertyName.toDashedForm(setting.getName()),
                    setting.getType() == Duration.class ? "30s, 5m, 12h or 30d" : "512MB or 2GB")));
  }

  private static void require(Environment environment, String name, String examples) {
    Binder.get(environment)
        .bind(name, String.class)
        .map(String::strip)
        .ifBound(value -> {
          if (lacksUnit(value)) {
            throw new Sentence(
                "The setting %s (%s) is %s, a number without a unit; write %s."
                    .formatted(name, variable(name), value, examples));
          }
        });
  }

  /// As Spring reads a property from the environment.
  static String variable(String property) {
    return property.replace('.', '_').replace("-", "").toUpperCase(Locale.ROOT);
  }

  private static boolean lacksUnit(String text) {
    var value = text.strip();
    return NUMBER.matcher(value).matches() && !value.matches("[+-]?0+");
  }
}
