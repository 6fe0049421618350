package dev.muster.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

class EnvironmentSecretsTest {
  private static final String TOKEN = "mul_0123456789abcdef";

  /// Hides its secrets, and says what others can read of its environment and what it knows itself.
  public static final class Hiding {
    private Hiding() {}

    public static void main(String[] arguments) throws IOException {
      EnvironmentSecrets.hide();
      System.out.println(System.getenv("MUSTER_TOKEN"));
      System.out.println(
          Files.readString(Path.of("/proc/self/environ"), StandardCharsets.ISO_8859_1));
    }
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void nobody_reads_the_token_in_the_environment_of_the_process_that_knows_it() throws Exception {
    var builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            System.getProperty("java.class.path"),
            Hiding.class.getName());
    builder.environment().put("MUSTER_TOKEN", TOKEN);
    var process = builder.redirectError(ProcessBuilder.Redirect.DISCARD).start();
    var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);

    assertThat(process.waitFor()).isZero();
    assertThat(said)
        .startsWith(TOKEN + "\n")
        .contains("MUSTER_TOKEN=" + "x".repeat(TOKEN.length()));
    assertThat(said.indexOf(TOKEN, 1)).isNegative();
  }
}
