package dev.muster.standalone;

import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Map;

/// How Muster's own clients log in to the embedded broker. The password is new at each start, so
/// one that was once found opens nothing, and whoever takes a port that is free again is told none
/// of use.
record BrokerLogin(String password) {
  static final String USER = "muster";
  private static final int PASSWORD_BYTES = 20;

  static BrokerLogin random() {
    var bytes = new byte[PASSWORD_BYTES];
    new SecureRandom().nextBytes(bytes);
    return new BrokerLogin(HexFormat.of().formatHex(bytes));
  }

  /// What the broker is told of those who log in to it.
  String server() {
    return "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"%1$s\" password=\"%2$s\" user_%1$s=\"%2$s\";"
        .formatted(USER, password);
  }

  /// What a client is told.
  Map<String, String> client() {
    return Map.of(
        "security.protocol",
        "SASL_PLAINTEXT",
        "sasl.mechanism",
        "PLAIN",
        "sasl.jaas.config",
        "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"%s\" password=\"%s\";"
            .formatted(USER, password));
  }

  @Override
  public String toString() {
    return "BrokerLogin[" + USER + "]";
  }
}
