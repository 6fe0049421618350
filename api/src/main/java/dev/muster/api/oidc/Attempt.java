package dev.muster.api.oidc;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/// A sign-in between its two requests, as the person's own browser keeps it in a cookie: so each
/// api can end what another has begun, and nobody fills a table by beginning many.
///
/// @param state what the provider gives back, so that the answer to another browser's sign-in is
///   none to this one's
/// @param nonce what the id token must be made for
/// @param verifier the secret of RFC 7636 (PKCE)
/// @param redirectUri where the provider sends the browser back to
/// @param then where the person wants to go: empty for the page, or `login?…` for a command line's
record Attempt(String state, String nonce, String verifier, String redirectUri, String then) {
  private static final int THEN_MAX = 1_000;

  /// The page of a command line's login with its query, and nothing that leads elsewhere.
  private static final Pattern LOGIN =
      Pattern.compile("login\\?([0-9A-Za-z&=._~:/-]|%[0-9A-Fa-f]{2})*+");

  private static final JsonMapper JSON = new JsonMapper();

  /// What somebody may want to see after it: the page for all that is unknown.
  static String then(@Nullable String wanted) {
    return wanted != null && wanted.length() <= THEN_MAX && LOGIN.matcher(wanted).matches()
        ? wanted
        : "";
  }

  String cookie() {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(JSON.writeValueAsBytes(this));
  }

  /// Empty if it is none.
  static Optional<Attempt> parse(@Nullable String cookie) {
    if (cookie == null) {
      return Optional.empty();
    }
    try {
      var json = new String(Base64.getUrlDecoder().decode(cookie), StandardCharsets.UTF_8);
      return Optional.of(JSON.readValue(json, Attempt.class)).filter(Attempt::isWhole);
    } catch (JacksonException | IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  @SuppressWarnings("ConstantValue") // JSON may leave out what the type says is there.
  private boolean isWhole() {
    return state != null
        && nonce != null
        && verifier != null
        && redirectUri != null
        && then != null
        && then.equals(then(then));
  }
}
