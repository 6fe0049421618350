package dev.muster.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The file with the tokens.
class ProfilesTest {
  @TempDir private Path directory;

  @Test
  void nobodyElseMayReadIt() throws IOException {
    var profiles = Profiles.of(Map.of("XDG_CONFIG_HOME", directory.resolve("config").toString()));

    profiles.put("default", new Profiles.Profile("http://a", "secret", null));
    profiles.put("work", new Profiles.Profile("http://b", "secret", "acme"));

    assertThat(permissions(profiles.file())).isEqualTo("rw-------");
    assertThat(permissions(directory.resolve("config/muster"))).isEqualTo("rwx------");
    assertThat(profiles.find("default")).contains(new Profiles.Profile("http://a", "secret", null));
    assertThat(profiles.find("work").orElseThrow().workspace()).isEqualTo("acme");
    assertThat(profiles.remove("work")).isTrue();
    assertThat(profiles.remove("work")).isFalse();
    assertThat(profiles.find("work")).isEmpty();
  }

  @Test
  void aFileThatIsNoneIsToldAndKept() throws IOException {
    var file = directory.resolve("config.json");
    Files.writeString(file, "{torn");
    var profiles = Profiles.of(Map.of("MUSTER_CONFIG", file.toString()));

    assertThatThrownBy(() -> profiles.put("default", new Profiles.Profile("u", "t", null)))
        .isInstanceOf(Failure.class)
        .hasMessageContaining("config.json is no list of profiles");
    assertThat(file).hasContent("{torn");
  }

  @Test
  void anEmptyOneHasNoProfiles() throws IOException {
    var file = directory.resolve("config.json");
    Files.writeString(file, "null");

    assertThat(Profiles.of(Map.of("MUSTER_CONFIG", file.toString())).find("default")).isEmpty();
  }

  @Test
  void aLinkStaysALink() throws IOException {
    var file = directory.resolve("dotfiles.json");
    var link = directory.resolve("config.json");
    Files.writeString(file, "{}");
    Files.createSymbolicLink(link, file);
    var profile = new Profiles.Profile("http://a", "secret", null);

    Profiles.of(Map.of("MUSTER_CONFIG", link.toString())).put("default", profile);

    assertThat(link).isSymbolicLink();
    assertThat(file).content().contains("secret");
    assertThat(permissions(file)).isEqualTo("rw-------");
  }

  private static String permissions(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }
}
