package dev.muster.events.kafka;

import java.util.List;

/// What holds of one setting of a Kafka client.
///
/// @param value Muster's; a text in angle brackets stands for one that the client is given, and
///   empty for none
/// @param unless the settings with which Muster's value would make no sense: who sets one of them
///   gets Kafka's default of this one
public record Rule(String setting, Object value, Whose whose, List<String> unless) {
  /// Whose value counts.
  public enum Whose {
    /// A guarantee rests on it.
    MUSTERS,
    /// Muster's value is but another default.
    USERS,
    /// It means nothing to the client, and is kept from it.
    NOBODYS
  }

  static Rule musters(String setting, Object value) {
    return new Rule(setting, value, Whose.MUSTERS, List.of());
  }

  static Rule users(String setting, Object value, String... unless) {
    return new Rule(setting, value, Whose.USERS, List.of(unless));
  }

  static Rule nobodys(String setting) {
    return new Rule(setting, "", Whose.NOBODYS, List.of());
  }

  /// Whether the user's value says something else than Muster's.
  boolean differs(Object users) {
    return !text(users).equalsIgnoreCase(text(value));
  }

  /// The value as a person writes it.
  public String text() {
    return text(value);
  }

  private static String text(Object value) {
    return switch (value) {
      case Class<?> type -> type.getName();
      // Two words for the same.
      case Object all when all.toString().equals("-1") -> "all";
      default -> value.toString();
    };
  }
}
