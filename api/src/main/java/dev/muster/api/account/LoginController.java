package dev.muster.api.account;

import dev.muster.api.access.AccessTokens;
import dev.muster.api.access.Caller;
import dev.muster.api.edge.JsonBody;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.ResponseBody;

/// How a command line logs in through a browser.
@Controller
class LoginController {
  private final AccessTokens tokens;
  private final Logins logins;

  LoginController(AccessTokens tokens, Logins logins) {
    this.tokens = tokens;
    this.logins = logins;
  }

  /// The page that asks the person.
  @GetMapping("/login")
  String page() {
    return "forward:/login.html";
  }

  record Login(@Nullable String cliCallback, @Nullable String cliState) {}

  /// @param redirect where the browser takes the token
  record Answer(String token, String redirect) {}

  /// A token that lives for minutes, for the command line that waits at the callback.
  @ResponseBody
  @PostMapping("/api/cli-token")
  Answer login(Caller caller, @JsonBody Login login, HttpServletRequest request) {
    var callback = LoginCallback.of(login.cliCallback(), login.cliState());
    var token = logins.issue(caller, tokens.own(caller), request.getRemoteAddr());
    return new Answer(token, callback.with(token));
  }
}
