package dev.muster.bench;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;

/// One kept connection to an api that sends a request and waits for its answer. It understands what
/// Muster sends and no more, so that a benchmark measures the server and not its client.
final class HttpLine implements AutoCloseable {
  private static final int BUFFER_BYTES = 16_384;

  private final Socket socket;
  private final BufferedInputStream in;
  private final String headers;

  HttpLine(URI server, String token) throws IOException {
    socket = new Socket();
    socket.setTcpNoDelay(true);
    socket.connect(new InetSocketAddress(server.getHost(), server.getPort()));
    in = new BufferedInputStream(socket.getInputStream(), BUFFER_BYTES);
    headers =
        " HTTP/1.1\r\nHost: %s\r\nAuthorization: Bearer %s\r\nContent-Type: application/json\r\n"
            .formatted(server.getAuthority(), token);
  }

  /// Posts a JSON body. Returns the answer's body.
  ///
  /// @param more further headers, each ended by CR LF
  /// @throws IOException if the connection ends, or the answer is not 2xx
  String post(String path, String more, String body) throws IOException {
    return exchange("POST " + path, more, body);
  }

  String get(String path) throws IOException {
    return exchange("GET " + path, "", "");
  }

  private String exchange(String line, String more, String body) throws IOException {
    var bytes = body.getBytes(UTF_8);
    var head =
        (line + headers + more + "Content-Length: " + bytes.length + "\r\n\r\n")
            .getBytes(ISO_8859_1);
    var request = new byte[head.length + bytes.length];
    System.arraycopy(head, 0, request, 0, head.length);
    System.arraycopy(bytes, 0, request, head.length, bytes.length);
    socket.getOutputStream().write(request);
    var status = Integer.parseInt(line().substring(9, 12));
    var answer = answer();
    if (status / 100 != 2) {
      throw new IOException(line + " was answered " + status + " " + answer);
    }
    return answer;
  }

  private String answer() throws IOException {
    var length = 0;
    var isChunked = false;
    for (var header = line(); !header.isEmpty(); header = line()) {
      if (header.regionMatches(true, 0, "Content-Length:", 0, 15)) {
        length = Integer.parseInt(header.substring(15).strip());
      } else if (header.regionMatches(true, 0, "Transfer-Encoding: chunked", 0, 26)) {
        isChunked = true;
      }
    }
    if (!isChunked) {
      return new String(in.readNBytes(length), UTF_8);
    }
    var body = new ByteArrayOutputStream();
    while (true) {
      var chunk = Integer.parseInt(line(), 16);
      body.write(in.readNBytes(chunk));
      line();
      if (chunk == 0) {
        return body.toString(UTF_8);
      }
    }
  }

  private String line() throws IOException {
    var line = new StringBuilder();
    for (var b = in.read(); b != '\n'; b = in.read()) {
      if (b < 0) {
        throw new EOFException("the server has closed the connection");
      }
      if (b != '\r') {
        line.append((char) b);
      }
    }
    return line.toString();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
