package dev.muster.standalone.fault;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// One HTTP/1.1 request or response: the bytes as they came, and what they say.
final class HttpMessage {
  private static final int RADIX = 16;

  private final ByteArrayOutputStream raw = new ByteArrayOutputStream();
  private final ByteArrayOutputStream body = new ByteArrayOutputStream();
  private final Map<String, String> headers = new HashMap<>();
  private String startLine = "";
  private boolean endsWithConnection;

  private HttpMessage() {}

  /// The next request; empty where the client has closed its connection.
  static Optional<HttpMessage> request(InputStream in) throws IOException {
    var request = new HttpMessage();
    if (!request.readHead(in)) {
      return Optional.empty();
    }
    if (request.isChunked()) {
      request.readChunks(in);
    } else {
      request.readBytes(in, request.length());
    }
    return Optional.of(request);
  }

  /// The answer to a request, without what came before it (`100 Continue`).
  static HttpMessage response(InputStream in, String method) throws IOException {
    while (true) {
      var response = new HttpMessage();
      if (!response.readHead(in)) {
        throw new EOFException("closed before the answer");
      }
      var status = response.status();
      if (status >= 200) {
        response.readResponseBody(in, method, status);
        return response;
      }
    }
  }

  private void readResponseBody(InputStream in, String method, int status) throws IOException {
    if (method.equals("HEAD") || status == 204 || status == 304) {
      return;
    }
    if (isChunked()) {
      readChunks(in);
    } else if (headers.containsKey("content-length")) {
      readBytes(in, length());
    } else {
      endsWithConnection = true;
      var rest = in.readAllBytes();
      raw.write(rest);
      body.write(rest);
    }
  }

  /// Returns whether there was anything before the end of the stream.
  private boolean readHead(InputStream in) throws IOException {
    var first = in.read();
    if (first < 0) {
      return false;
    }
    raw.write(first);
    startLine = (char) first + readLine(in);
    for (var line = readLine(in); !line.isEmpty(); line = readLine(in)) {
      var colon = line.indexOf(':');
      if (colon < 0) {
        throw new IOException("no header: " + line);
      }
      headers.put(
          line.substring(0, colon).strip().toLowerCase(Locale.ROOT),
          line.substring(colon + 1).strip());
    }
    return true;
  }

  private String readLine(InputStream in) throws IOException {
    var line = new ByteArrayOutputStream();
    for (var b = in.read(); b != '\n'; b = in.read()) {
      if (b < 0) {
        throw new EOFException("closed in the middle of a line");
      }
      raw.write(b);
      line.write(b);
    }
    raw.write('\n');
    return line.toString(ISO_8859_1).stripTrailing();
  }

  private void readChunks(InputStream in) throws IOException {
    while (true) {
      var size = Integer.parseInt(readLine(in).split(";", 2)[0].strip(), RADIX);
      if (size == 0) {
        break;
      }
      readBytes(in, size);
      readLine(in);
    }
    while (!readLine(in).isEmpty()) {
      // Trailers are passed on like everything else.
    }
  }

  private void readBytes(InputStream in, int count) throws IOException {
    var bytes = in.readNBytes(count);
    if (bytes.length < count) {
      throw new EOFException("closed in the middle of a body");
    }
    raw.write(bytes);
    body.write(bytes);
  }

  private boolean isChunked() {
    return headers
        .getOrDefault("transfer-encoding", "")
        .toLowerCase(Locale.ROOT)
        .endsWith("chunked");
  }

  private int length() {
    return Integer.parseInt(headers.getOrDefault("content-length", "0"));
  }

  String method() {
    return startLine.split(" ", 3)[0];
  }

  /// `METHOD /path`, without a query.
  String call() {
    var words = startLine.split(" ", 3);
    return words[0] + " " + words[1].split("\\?", 2)[0];
  }

  int status() {
    return Integer.parseInt(startLine.split(" ", 3)[1]);
  }

  /// Whether nothing may follow on the same connection.
  boolean isLast() {
    return endsWithConnection
        || headers.getOrDefault("connection", "").equalsIgnoreCase("close")
        || startLine.contains("HTTP/1.0");
  }

  byte[] raw() {
    return raw.toByteArray();
  }

  /// The body, freed of its chunks.
  String text() {
    return body.toString(UTF_8);
  }
}
