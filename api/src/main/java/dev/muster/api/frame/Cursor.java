package dev.muster.api.frame;

import java.util.Optional;
import java.util.regex.Pattern;

/// A place in a workspace's history, as clients keep it: `epoch:position`.
public record Cursor(String epoch, long position) {
  private static final Pattern FORM = Pattern.compile("([0-9a-zA-Z]{1,64}):([0-9]{1,18})");

  public static Optional<Cursor> parse(String text) {
    var parts = FORM.matcher(text);
    return parts.matches()
        ? Optional.of(new Cursor(parts.group(1), Long.parseLong(parts.group(2))))
        : Optional.empty();
  }

  @Override
  public String toString() {
    return epoch + ":" + position;
  }
}
