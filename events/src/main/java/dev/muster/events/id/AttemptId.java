package dev.muster.events.id;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.UUID;

/// The id of one claim of a task, for daemons that know a task by an id which is never used twice:
/// the name of a directory, and what the process of an earlier claim is told apart by.
///
/// It follows from the task's id and the claim's generation, here and in the schema alike. Its
/// version is 8, a task's is 4, so that no id is taken for the other.
public record AttemptId(UUID value) {
  private static final int VERSION = 8;

  /// The id of the claim that raised the task's generation to this.
  public static AttemptId of(TaskId task, long generation) {
    var hash = HexFormat.of().formatHex(sha256(task + ":" + generation));
    return new AttemptId(
        UUID.fromString(
            "%s-%s-8%s-8%s-%s"
                .formatted(
                    hash.substring(0, 8),
                    hash.substring(8, 12),
                    hash.substring(12, 15),
                    hash.substring(15, 18),
                    hash.substring(18, 30))));
  }

  /// Whether an id is a claim's and not a task's.
  public static boolean isOne(UUID id) {
    return id.version() == VERSION;
  }

  private static byte[] sha256(String text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  @Override
  public String toString() {
    return value.toString();
  }
}
