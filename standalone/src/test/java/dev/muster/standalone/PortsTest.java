package dev.muster.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;

/// Free ports, for servers that listen on several.
class PortsTest {
  /// So many that the system would give one of them twice, were each given back at once.
  private static final int MANY = 400;

  @Test
  void noPortIsGivenTwice() throws IOException {
    assertThat(Ports.free(MANY, 0)).hasSize(MANY).doesNotHaveDuplicates();
  }
}
