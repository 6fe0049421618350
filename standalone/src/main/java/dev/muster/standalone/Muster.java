package dev.muster.standalone;

import dev.muster.api.server.Headroom;
import dev.muster.api.server.Startup;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
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

  /// What api.yml has.
  private static final int CONNECTIONS = 20_000;

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
  /// @param stop is asked for when Muster cannot go on
  static Muster start(
      Settings settings, List<String> properties, Consumer<String> progress, Stop stop)
      throws IOException {
    var open = new ArrayDeque<AutoCloseable>();
    try {
      var data = DataDirectory.open(settings.data());
      open.push(data);
      progress.accept("Data are kept in " + data.path());
      ReserveWatch.requireEnough(settings.reserve(), data.path());
      var servers = Servers.start(settings, data, progress, stop);
      open.push(servers);
      var kept =
          settings.token().isEmpty()
              ? Optional.of(data.token())
              : Optional.<DataDirectory.Token>empty();
      var token = settings.token().or(() -> kept.map(DataDirectory.Token::value)).orElseThrow();
      progress.accept("Starting api and dispatcher");
      var all = new ArrayList<>(properties);
      all.addAll(servers.kafkaLogin());
      all.add("--server.tomcat.max-connections=" + ReserveWatch.connectionsMax(CONNECTIONS));
      var more = all.toArray(String[]::new);
      var startup = new Startup();
      var api = Applications.api(startup, servers.jdbcUrl(), servers.ownKafka(), token, more);
      open.push(api);
      open.push(Applications.dispatcherBeside(api, servers.jdbcUrl(), servers.ownKafka(), more));
      if (servers.isEmbedded()) {
        var headroom = api.getBean(Headroom.class);
        open.push(ReserveWatch.start(settings.reserve(), data.path(), headroom, stop));
      }
      startup.ends();
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
