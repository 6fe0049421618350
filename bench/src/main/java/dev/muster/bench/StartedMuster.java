package dev.muster.bench;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;

/// A Muster with embedded servers that somebody has started, as `MUSTER_DATA` and `SERVER_PORT`
/// say: its data directory says where everything is.
record StartedMuster(URI server, String token, Path data) {
  static StartedMuster ofEnvironment() throws IOException {
    var data = Path.of(System.getenv().getOrDefault("MUSTER_DATA", "data"));
    var port = System.getenv().getOrDefault("SERVER_PORT", "8080");
    // Where the token is given, it is not written down.
    var given = System.getenv("MUSTER_TOKEN");
    var token = given == null ? Files.readString(data.resolve("token")).strip() : given;
    return new StartedMuster(URI.create("http://127.0.0.1:" + port), token, data);
  }

  String jdbcUrl() throws IOException {
    return Files.readString(data.resolve("postgres.url")).strip();
  }

  String kafka() throws IOException {
    return Files.readString(data.resolve("kafka.address")).strip();
  }

  HttpLine line() throws IOException {
    return new HttpLine(server, token);
  }
}
