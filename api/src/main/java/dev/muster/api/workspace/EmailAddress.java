package dev.muster.api.workspace;

import java.text.Normalizer;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// A person's e-mail address, in lower case: by it people are known that somebody adds.
public record EmailAddress(String text) {
  /// As RFC 5321 bounds it.
  static final int MAX = 254;

  /// Without characters that nobody sees: two addresses that look the same are one.
  private static final Pattern ONE =
      Pattern.compile("[^\\s@<>(),;:\\p{Cntrl}\\p{Cf}]+@[^\\s@<>(),;:\\p{Cntrl}\\p{Cf}]+");

  /// Empty if it is no single address.
  public static Optional<EmailAddress> of(@Nullable String text) {
    return Optional.ofNullable(text)
        .map(given ->
            Normalizer.normalize(given.strip(), Normalizer.Form.NFC).toLowerCase(Locale.ROOT))
        .filter(given -> given.length() <= MAX && ONE.matcher(given).matches())
        .map(EmailAddress::new);
  }

  /// What stands before the sign.
  public String local() {
    return text.substring(0, text.indexOf('@'));
  }

  public String domain() {
    return text.substring(text.indexOf('@') + 1);
  }
}
