package dev.muster.api;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// What can be set of the api.
///
/// @param token the first owner's token; empty means that none is made
/// @param allowedOrigins the origins of pages, besides our own, that may use the api and the socket
/// @param serialDaemons whether a daemon that never said how many tasks it takes, and claims while
///   its task runs, has lost that task's final report
@ConfigurationProperties(prefix = "muster.api", ignoreUnknownFields = false)
public record ApiProperties(
    @DefaultValue("") String token,
    @Nullable List<String> allowedOrigins,
    @DefaultValue("true") boolean serialDaemons) {
  private static final int TOKEN_MIN = 16;

  public ApiProperties {
    allowedOrigins = allowedOrigins == null ? List.of() : List.copyOf(allowedOrigins);
    if (!token.isEmpty() && (token.length() < TOKEN_MIN || !token.strip().equals(token))) {
      throw new IllegalArgumentException(
          "MUSTER_TOKEN must have at least " + TOKEN_MIN + " characters and no spaces around them");
    }
  }

  @Override
  public List<String> allowedOrigins() {
    return allowedOrigins == null ? List.of() : allowedOrigins;
  }
}
