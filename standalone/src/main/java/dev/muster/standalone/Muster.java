package dev.muster.standalone;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.ConfigurableApplicationContext;

/// A whole Muster in this process, from start to stop.
public final class Muster implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Muster.class);

  private final Servers servers;
  private final ConfigurableApplicationContext api;
  private final String token;
  private final boolean tokenIsNew;
  private final Deque<AutoCloseable> open;

  private Muster(
      Servers servers,
      ConfigurableApplicationContext api,
      String token,
      boolean tokenIsNew,
      Deque<AutoCloseable> open) {
    this.servers = servers;
    this.api = api;
    this.token = token;
    this.tokenIsNew = tokenIsNew;
    this.open = open;
  }

  /// Starts servers, api and dispatcher. What was started is stopped again if something behind it
  /// fails.
  ///
  /// @param properties further properties of both applications, as `--name=value`
  /// @param progress is told what happens, for a person
  public static Muster start(Settings settings, List<String> properties, Consumer<String> progress)
      throws IOException {
    var open = new ArrayDeque<AutoCloseable>();
    try {
      var data = DataDirectory.open(settings.data());
      open.push(data);
      var servers = Servers.start(settings, data, progress);
      open.push(servers);
      var kept =
          settings.token().isEmpty()
              ? Optional.of(data.token())
              : Optional.<DataDirectory.Token>empty();
      var token = settings.token().or(() -> kept.map(DataDirectory.Token::value)).orElseThrow();
      progress.accept("Starting api and dispatcher");
      var more = properties.toArray(String[]::new);
      var api = Applications.api(servers.jdbcUrl(), servers.kafka(), token, more);
      open.push(api);
      open.push(Applications.dispatcherBeside(api, servers.jdbcUrl(), servers.kafka(), more));
      return new Muster(
          servers, api, token, kept.map(DataDirectory.Token::isNew).orElse(false), open);
    } catch (IOException | RuntimeException | Error e) {
      close(open);
      throw e;
    }
  }

  public String url() {
    return "http://localhost:" + Applications.port(api);
  }

  public String token() {
    return token;
  }

  /// The token, if it was made in this start and nobody has seen it yet.
  public Optional<String> newToken() {
    return tokenIsNew ? Optional.of(token) : Optional.empty();
  }

  public Servers servers() {
    return servers;
  }

  @Override
  public void close() {
    close(open);
  }

  private static void close(Deque<AutoCloseable> open) {
    while (!open.isEmpty()) {
      try {
        open.pop().close();
      } catch (Exception e) {
        log.atWarn().setCause(e).log("Something did not stop in order");
      }
    }
  }
}
