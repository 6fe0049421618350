package dev.muster.api.oidc;

import java.util.Locale;

/// A sign-in that does not succeed: the browser is sent back to the page, which says why.
final class SignInFailed extends Exception {
  private static final long serialVersionUID = 1L;

  /// Why, as a word in the page's address, which has the sentences for them.
  enum Reason {
    /// The provider does not answer, or not as it should.
    PROVIDER_AWAY,
    /// The provider says no, or the person there.
    PROVIDER_REFUSED,
    /// It took too long, or was begun in another browser.
    EXPIRED,
    /// The provider names no e-mail address, or one that was not verified.
    NO_EMAIL,
    /// Nobody has added this person, and no rule lets them in.
    NOT_KNOWN;

    String word() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  private final Reason reason;

  SignInFailed(Reason reason, String detail) {
    super(detail, null, false, false);
    this.reason = reason;
  }

  Reason reason() {
    return reason;
  }
}
