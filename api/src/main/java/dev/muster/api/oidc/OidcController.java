package dev.muster.api.oidc;

import dev.muster.api.access.Bearer;
import dev.muster.api.access.Callers;
import dev.muster.api.edge.Refused;
import dev.muster.api.oidc.SignInFailed.Reason;
import jakarta.servlet.http.HttpServletRequest;
import java.net.URI;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseCookie;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.CookieValue;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/// How a person signs in with the company's provider: the page leads to `sign-in`, the provider
/// back to `callback`, which leads to the page, and that fetches its token.
///
/// Addresses are relative to where the browser is: a proxy may have Muster under a path of its own.
/// So are the cookies, whose path is the one they were set in.
@RestController
@RequestMapping("/oidc")
class OidcController {
  private static final Logger log = LoggerFactory.getLogger(OidcController.class);

  private static final String ATTEMPT = "muster_sign_in";
  private static final String TOKEN = "muster_signed_in";

  /// What people have for passwords and second factors.
  private static final Duration ATTEMPT_AT_MOST = Duration.ofMinutes(10);

  private static final Duration FETCH_AT_MOST = Duration.ofMinutes(1);

  private final OidcProperties settings;
  private final Provider provider;
  private final SignIns signIns;
  private final SignInTokens tokens;
  private final Callers callers;

  OidcController(
      OidcProperties settings,
      Provider provider,
      SignIns signIns,
      SignInTokens tokens,
      Callers callers) {
    this.settings = settings;
    this.provider = provider;
    this.signIns = signIns;
    this.tokens = tokens;
    this.callers = callers;
  }

  /// @param provider what the button says; null if nobody signs in so
  record About(@Nullable String provider) {}

  @GetMapping
  About about() {
    return new About(settings.isOn() ? settings.name() : null);
  }

  /// Leads to the provider.
  ///
  /// @param then where the person wants to go: `login?…` for a command line's login, or the page
  @GetMapping("/sign-in")
  ResponseEntity<Void> signIn(
      @RequestParam(required = false) @Nullable String then, HttpServletRequest request) {
    var wanted = Attempt.then(then);
    try {
      var departure = provider.begin(request, wanted);
      return ResponseEntity.status(HttpStatus.FOUND)
          .location(URI.create(departure.address()))
          .header(
              HttpHeaders.SET_COOKIE,
              cookie(ATTEMPT, departure.attempt().cookie(), ATTEMPT_AT_MOST, "Lax", request))
          .build();
    } catch (SignInFailed e) {
      return failed(e, wanted, request);
    }
  }

  /// Where the provider sends the browser back to. Providers add parameters of their own.
  @GetMapping("/callback")
  ResponseEntity<Void> callback(
      @RequestParam(required = false) @Nullable String code,
      @RequestParam(required = false) @Nullable String state,
      @RequestParam(required = false) @Nullable String error,
      @CookieValue(name = ATTEMPT, required = false) @Nullable String begun,
      HttpServletRequest request) {
    provider.requireOn();
    var attempt = Attempt.parse(begun).orElse(null);
    if (attempt == null || !attempt.state().equals(state)) {
      return failed(
          new SignInFailed(Reason.EXPIRED, "no sign-in was begun in this browser"), "", request);
    }
    try {
      var user = provider.complete(attempt, new Provider.Answer(code, error));
      var token = signIns.signIn(Claims.of(user, settings), request.getRemoteAddr());
      return back(attempt.then(), "/signed-in")
          .header(HttpHeaders.SET_COOKIE, cookie(ATTEMPT, "", Duration.ZERO, "Lax", request))
          .header(HttpHeaders.SET_COOKIE, cookie(TOKEN, token, FETCH_AT_MOST, "Strict", request))
          .build();
    } catch (SignInFailed e) {
      return failed(e, attempt.then(), request);
    }
  }

  /// @param token for the page that was signed in
  record Fetched(String token) {}

  /// The token of the sign-in that has just ended, once. Only the page's own site has the cookie
  /// sent, and only the page can read the answer.
  @PostMapping("/token")
  ResponseEntity<Fetched> fetch(
      @CookieValue(name = TOKEN, required = false) @Nullable String token,
      HttpServletRequest request) {
    provider.requireOn();
    if (token == null || token.isEmpty()) {
      throw Refused.unauthorized("no sign-in has ended in this browser");
    }
    return ResponseEntity.ok()
        .header(HttpHeaders.SET_COOKIE, cookie(TOKEN, "", Duration.ZERO, "Strict", request))
        .body(new Fetched(token));
  }

  /// Ends a sign-in: what the page does when its person signs out.
  @DeleteMapping("/token")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  void signOut(
      @RequestHeader(name = HttpHeaders.AUTHORIZATION, required = false) @Nullable String header,
      HttpServletRequest request) {
    var address = request.getRemoteAddr();
    var caller =
        Bearer.token(header == null ? "" : header)
            .flatMap(token -> callers.find(token, address))
            .orElseThrow(() -> Refused.unauthorized("invalid token"));
    if (tokens.end(caller, address)) {
      callers.forget();
    }
  }

  private ResponseEntity<Void> failed(
      SignInFailed failure, String then, HttpServletRequest request) {
    log.atInfo().log("a sign-in failed: {}", failure.getMessage());
    return back(then, "/sign-in-failed/" + failure.reason().word())
        .header(HttpHeaders.SET_COOKIE, cookie(ATTEMPT, "", Duration.ZERO, "Lax", request))
        .build();
  }

  private static ResponseEntity.HeadersBuilder<?> back(String then, String what) {
    return ResponseEntity.status(HttpStatus.FOUND)
        .location(URI.create("../" + then + "#" + what))
        .cacheControl(CacheControl.noStore());
  }

  private String cookie(
      String name, String value, Duration lives, String sameSite, HttpServletRequest request) {
    return ResponseCookie.from(name, value)
        .httpOnly(true)
        .secure(request.isSecure() || settings.redirectUri().startsWith("https:"))
        .sameSite(sameSite)
        .maxAge(lives)
        .build()
        .toString();
  }
}
