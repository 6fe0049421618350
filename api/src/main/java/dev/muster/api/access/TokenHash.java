package dev.muster.api.access;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.HexFormat;

/// Tokens as they are made, and as they are stored.
public final class TokenHash {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final int RANDOM_BYTES = 20;
  private static final String TASK = "mat_";

  private TokenHash() {}

  /// A new token: `mul_` and 40 lower-case hex digits.
  public static String newToken() {
    return "mul_" + random();
  }

  /// A new token for an agent at work: `mat_` and 40 lower-case hex digits.
  public static String newTaskToken() {
    return TASK + random();
  }

  static boolean isTaskToken(String token) {
    return token.startsWith(TASK);
  }

  private static String random() {
    var random = new byte[RANDOM_BYTES];
    RANDOM.nextBytes(random);
    return HexFormat.of().formatHex(random);
  }

  /// The lower-case hex SHA-256 of the whole token.
  public static String of(String token) {
    try {
      return HexFormat.of()
          .formatHex(MessageDigest.getInstance("SHA-256").digest(token.getBytes(UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
