package dev.muster.standalone;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.CookieManager;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import tools.jackson.databind.json.JsonMapper;

/// A browser with its cookies, in which somebody signs in with the provider. It follows no redirect
/// by itself, so that a test can look at each.
final class SignInBrowser {
  private static final JsonMapper JSON = new JsonMapper();

  private final String muster;
  private final CookieManager cookies = new CookieManager();
  private final HttpClient http = HttpClient.newBuilder().cookieHandler(cookies).build();

  SignInBrowser(String muster) {
    this.muster = muster;
  }

  CookieManager cookies() {
    return cookies;
  }

  HttpResponse<String> get(URI address) {
    return send(HttpRequest.newBuilder(address).GET());
  }

  HttpResponse<String> send(HttpRequest.Builder request) {
    try {
      return http.send(request.build(), BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /// Where an answer leads.
  static URI next(HttpResponse<?> answer) {
    return answer.uri().resolve(answer.headers().firstValue("Location").orElseThrow());
  }

  /// Begins a sign-in. Returns the address at the provider.
  URI begin(String query) {
    return next(get(URI.create(muster + "/oidc/sign-in" + query)));
  }

  /// Gives the provider name and password, unless it knows the browser. Returns the address that it
  /// leads back to.
  URI authenticate(URI atProvider, String person) {
    var login = next(get(atProvider));
    if (!login.getPath().equals("/login")) {
      return login;
    }
    var answer =
        send(
            HttpRequest.newBuilder(login)
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(BodyPublishers.ofString("username=" + person + "&password=password")));
    return next(get(next(answer)));
  }

  /// All of it. Returns where the person is then.
  URI signIn(String person) {
    return next(get(authenticate(begin(""), person)));
  }

  /// What the page does when it is opened after a sign-in.
  HttpResponse<String> fetchToken() {
    return send(
        HttpRequest.newBuilder(URI.create(muster + "/oidc/token")).POST(BodyPublishers.noBody()));
  }

  String token() {
    return JSON.readTree(fetchToken().body()).get("token").asString();
  }
}
