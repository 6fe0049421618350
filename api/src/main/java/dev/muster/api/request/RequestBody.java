package dev.muster.api.request;

import dev.muster.api.edge.Refused;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;

/// A request's body as it arrives: no longer than it may be, and no slower.
///
/// A client that sends a byte now and then would hold a thread and a connection for ever: after
/// some time the body must have come faster than [#BYTES_PER_SECOND].
final class RequestBody extends InputStream {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final long BYTES_PER_SECOND = 64L * 1024;

  private final InputStream in;
  private final int maxBytes;
  private final long begun = System.nanoTime();
  private long read;

  private RequestBody(InputStream in, int maxBytes) {
    this.in = in;
    this.maxBytes = maxBytes;
  }

  /// @throws Refused 413 if the request says that its body is longer
  static RequestBody of(HttpServletRequest request, int maxBytes) throws IOException {
    if (request.getContentLengthLong() > maxBytes) {
      throw Refused.tooLarge(maxBytes);
    }
    var encoding = request.getHeader("Content-Encoding");
    if (encoding != null && !encoding.strip().equalsIgnoreCase("identity")) {
      throw Refused.encoded();
    }
    return new RequestBody(request.getInputStream(), maxBytes);
  }

  @Override
  public int read() throws IOException {
    var one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    var got = in.read(bytes, offset, length);
    if (got > 0) {
      read += got;
      if (read > maxBytes) {
        throw Refused.tooLarge(maxBytes);
      }
      requireFast(System.nanoTime() - begun);
    }
    return got;
  }

  private void requireFast(long nanos) {
    var late = nanos - PATIENCE.toNanos();
    if (late > 0 && read / (double) BYTES_PER_SECOND < late / 1e9) {
      throw Refused.tooSlow();
    }
  }
}
