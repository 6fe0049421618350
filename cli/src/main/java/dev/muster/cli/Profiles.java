package dev.muster.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/// The file with who signed in where: `MUSTER_CONFIG`, or `muster/config.json` below
/// `XDG_CONFIG_HOME` or `~/.config`. Nobody else may read it.
record Profiles(Path file) {
  static final String DEFAULT = "default";

  private static final FileAttribute<?> PRIVATE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
  private static final FileAttribute<?> PRIVATE_DIRECTORY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
  private static final TypeReference<Map<String, Profile>> PROFILES = new TypeReference<>() {};
  private static final JsonMapper JSON = JsonMapper.builder().build();

  /// @param workspace id or slug of the one that commands are about unless told otherwise
  record Profile(String url, String token, @Nullable String workspace) {
    Profile in(String other) {
      return new Profile(url, token, other);
    }
  }

  static Profiles of(Map<String, String> environment) {
    var named = environment.get("MUSTER_CONFIG");
    if (named != null && !named.isBlank()) {
      return new Profiles(Path.of(named));
    }
    var base = environment.get("XDG_CONFIG_HOME");
    var directory =
        base == null || base.isBlank()
            ? Path.of(environment.getOrDefault("HOME", System.getProperty("user.home")), ".config")
            : Path.of(base);
    return new Profiles(directory.resolve("muster").resolve("config.json"));
  }

  Optional<Profile> find(String name) {
    return Optional.ofNullable(read().get(name));
  }

  void put(String name, Profile profile) {
    var all = read();
    all.put(name, profile);
    write(all);
  }

  /// Returns whether there was one.
  boolean remove(String name) {
    var all = read();
    if (all.remove(name) == null) {
      return false;
    }
    write(all);
    return true;
  }

  private Map<String, Profile> read() {
    if (!Files.exists(file)) {
      return new TreeMap<>();
    }
    try {
      @Nullable Map<String, Profile> all = JSON.readValue(Files.readAllBytes(file), PROFILES);
      return all == null ? new TreeMap<>() : new TreeMap<>(all);
    } catch (IOException e) {
      throw new Failure(Failure.REFUSED, file + " cannot be read: " + e.getMessage());
    } catch (JacksonException e) {
      throw new Failure(
          Failure.REFUSED,
          file + " is no list of profiles; delete it, and sign in with: muster login");
    }
  }

  /// Beside its place and then moved there, so that the file is always whole. Where the file is a
  /// link, its place is where that leads.
  private void write(Map<String, Profile> all) {
    try {
      var place = Files.exists(file) ? file.toRealPath() : file.toAbsolutePath();
      var directory = place.getParent();
      if (directory != null && !Files.isDirectory(directory)) {
        Files.createDirectories(directory, PRIVATE_DIRECTORY);
      }
      var next = place.resolveSibling(place.getFileName() + ".next");
      Files.deleteIfExists(next);
      Files.createFile(next, PRIVATE);
      Files.write(
          next,
          JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(all),
          StandardOpenOption.WRITE);
      Files.move(next, place, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new Failure(Failure.REFUSED, file + " cannot be written: " + e.getMessage());
    }
  }
}
