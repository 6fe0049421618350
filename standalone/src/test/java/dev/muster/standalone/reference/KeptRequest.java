package dev.muster.standalone.reference;

import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// A request whose body is kept as it is read.
final class KeptRequest extends HttpServletRequestWrapper {
  private final Kept kept = new Kept();

  KeptRequest(HttpServletRequest request) {
    super(request);
  }

  @Nullable String kept() {
    return kept.text();
  }

  @Override
  public ServletInputStream getInputStream() throws IOException {
    return new Stream(super.getInputStream());
  }

  private final class Stream extends ServletInputStream {
    private final ServletInputStream in;

    Stream(ServletInputStream in) {
      this.in = in;
    }

    @Override
    public int read() throws IOException {
      var one = in.read();
      if (one >= 0) {
        kept.add(one);
      }
      return one;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      var count = in.read(bytes, offset, length);
      if (count > 0) {
        kept.add(bytes, offset, count);
      }
      return count;
    }

    @Override
    public boolean isFinished() {
      return in.isFinished();
    }

    @Override
    public boolean isReady() {
      return in.isReady();
    }

    @Override
    public void setReadListener(ReadListener listener) {
      in.setReadListener(listener);
    }
  }
}
