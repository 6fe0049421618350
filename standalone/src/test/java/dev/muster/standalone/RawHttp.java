package dev.muster.standalone;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.URI;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/// Sends bytes that no decent client would, and reads what comes back.
record RawHttp(String host, int port) {
  private static final int PATIENCE_MILLIS = 30_000;

  static RawHttp of(TestMuster muster) {
    var url = URI.create(muster.url());
    return new RawHttp(url.getHost(), url.getPort());
  }

  /// An answer.
  ///
  /// @param headers by lower-case name
  record Answer(int status, Map<String, String> headers, String text) {
    Answer {
      headers = Map.copyOf(headers);
    }
  }

  /// Sends one request on a connection of its own.
  ///
  /// @param target what stands between method and version, as it is
  /// @param headers lines with their line ends
  Answer send(String method, String target, String headers, byte[] body) {
    var head =
        "%s %s HTTP/1.1\r\nHost: %s:%d\r\nConnection: close\r\n%s"
            .formatted(method, target, host, port, headers);
    if (!headers.contains("Transfer-Encoding") && (body.length > 0 || !method.equals("GET"))) {
      head += "Content-Length: " + body.length + "\r\n";
    }
    try (var socket = new Socket(host, port)) {
      socket.setSoTimeout(PATIENCE_MILLIS);
      try {
        var out = socket.getOutputStream();
        out.write((head + "\r\n").getBytes(UTF_8));
        out.write(body);
        out.flush();
        if (headers.contains("Transfer-Encoding")) {
          // So that a body without an end is not waited for.
          socket.shutdownOutput();
        }
      } catch (IOException e) {
        // It has answered and hung up before it had everything: the answer is there to be read.
      }
      return read(socket.getInputStream());
    } catch (IOException e) {
      throw new UncheckedIOException(method + " " + shortened(target), e);
    }
  }

  Answer send(String method, String target, String headers, String body) {
    return send(method, target, headers, body.getBytes(UTF_8));
  }

  static String shortened(String text) {
    return text.length() <= 200 ? text : text.substring(0, 200) + "… (" + text.length() + ")";
  }

  private static Answer read(InputStream in) throws IOException {
    var bytes = in.readAllBytes();
    var text = new String(bytes, ISO_8859_1);
    var end = text.indexOf("\r\n\r\n");
    if (end < 0) {
      throw new IOException("no answer: " + shortened(text));
    }
    var lines = text.substring(0, end).split("\r\n", -1);
    var headers = new TreeMap<String, String>();
    for (var i = 1; i < lines.length; i++) {
      var colon = lines[i].indexOf(':');
      headers.put(
          lines[i].substring(0, colon).toLowerCase(Locale.ROOT),
          lines[i].substring(colon + 1).strip());
    }
    var body = new ByteArrayInputStream(bytes, end + 4, bytes.length - end - 4);
    var chunked = headers.getOrDefault("transfer-encoding", "").equals("chunked");
    return new Answer(
        Integer.parseInt(lines[0].substring(9, 12)),
        headers,
        new String(chunked ? unchunked(body) : body.readAllBytes(), UTF_8));
  }

  private static byte[] unchunked(InputStream in) throws IOException {
    var whole = new ByteArrayOutputStream();
    while (true) {
      var size = new StringBuilder();
      for (var c = in.read(); c >= 0 && c != '\n'; c = in.read()) {
        size.append((char) c);
      }
      var length = size.toString().isBlank() ? 0 : Integer.parseInt(size.toString().strip(), 16);
      if (length == 0) {
        return whole.toByteArray();
      }
      whole.write(in.readNBytes(length));
      in.skipNBytes(2);
    }
  }
}
