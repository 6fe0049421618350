package dev.muster.api.account;

import dev.muster.api.edge.Input;
import dev.muster.api.edge.Limits;
import dev.muster.api.edge.Refused;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Where a command line waits for its token: on the machine whose browser shows the page, so that
/// nobody else can hear it.
///
/// @param address without query
/// @param state what the command line recognizes its own login by
record LoginCallback(String address, String state) {
  private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");
  private static final Pattern STATE = Pattern.compile("[0-9A-Za-z_-]{16,128}");
  private static final int PORT_MAX = 65_535;

  /// The callback that a login names.
  ///
  /// @throws Refused 400 if it is not on the machine itself, or the state cannot be one
  static LoginCallback of(@Nullable String address, @Nullable String state) {
    var callback = Input.required("cli_callback", address, Limits.NAME);
    var recognized = Input.required("cli_state", state, Limits.NAME);
    if (!isOnThisMachine(callback)) {
      throw Refused.invalid(
          "cli_callback", "must be http://localhost, http://127.0.0.1 or http://[::1] with a port");
    }
    if (!STATE.matcher(recognized).matches()) {
      throw Refused.invalid("cli_state", "must be 16 to 128 letters and digits");
    }
    return new LoginCallback(callback, recognized);
  }

  private static boolean isOnThisMachine(String address) {
    try {
      var uri = new URI(address);
      return "http".equals(uri.getScheme())
          && uri.getHost() != null
          && LOOPBACK.contains(uri.getHost())
          && uri.getPort() > 0
          && uri.getPort() <= PORT_MAX
          && uri.getRawUserInfo() == null
          && uri.getRawQuery() == null
          && uri.getRawFragment() == null;
    } catch (URISyntaxException e) {
      return false;
    }
  }

  /// The address with the token, of which no character needs an escape.
  String with(String token) {
    return address + "?token=" + token + "&state=" + state;
  }
}
