package dev.muster.api.edge;

import dev.muster.tasks.command.RequestKey;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/// What a client calls a request, so that repeating it does nothing twice.
///
/// @param key the header's text, with what makes it the caller's own
/// @param hash of the request: the same key with another request is a mistake
public record IdempotencyKey(String key, String hash) {
  public static final String HEADER = "Idempotency-Key";
  private static final int KEY_MAX = 255;

  /// The key of a request; null where the client sent none.
  ///
  /// @param owner what the key is unique for, besides where it is used
  /// @param request the request, such that equal requests give equal texts
  public static @Nullable IdempotencyKey of(@Nullable String header, String owner, String request) {
    if (header == null || header.isBlank()) {
      return null;
    }
    var key = header.strip();
    if (key.length() > KEY_MAX) {
      throw Refused.invalid(HEADER, "is longer than " + KEY_MAX + " characters");
    }
    if (key.chars().anyMatch(c -> c < ' ' || c > '~')) {
      throw Refused.invalid(HEADER, "has characters that are not printable ASCII");
    }
    return new IdempotencyKey(owner + ":" + key, hash(request));
  }

  /// The key as tasks know it.
  public RequestKey asRequestKey() {
    return new RequestKey(key, hash);
  }

  private static String hash(String request) {
    try {
      var digest = MessageDigest.getInstance("SHA-256");
      return HexFormat.of().formatHex(digest.digest(request.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
