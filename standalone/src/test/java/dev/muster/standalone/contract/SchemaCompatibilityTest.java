package dev.muster.standalone.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.events.EventType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What was released stays: members and values may be added, nothing is removed, renamed, retyped
/// or not always there any more.
class SchemaCompatibilityTest {
  private @TempDir Path directory = Path.of("");

  @Test
  void theSchemasKeepWhatEveryReleasePromised() throws IOException {
    var releases = files(Contract.SCHEMAS.resolve("released"));
    assertThat(releases).isNotEmpty();
    var broken = new ArrayList<String>();
    for (var release : releases) {
      for (var released : schemas(release)) {
        var now = Contract.SCHEMAS.resolve(released.getFileName());
        if (!Files.exists(now)) {
          broken.add(released + " has no successor");
        } else {
          SchemaShape.of(now)
              .brokenSince(SchemaShape.of(released))
              .forEach(words -> broken.add(released + ": " + words));
        }
      }
    }
    assertThat(broken).isEmpty();
  }

  @Test
  void eachEventHasASchemaAndEachSchemaAnEvent() throws IOException {
    assertThat(schemas(Contract.SCHEMAS))
        .extracting(file -> file.getFileName().toString())
        .containsExactlyInAnyOrderElementsOf(
            Arrays.stream(EventType.values()).map(type -> type.wire() + ".json").toList());
  }

  /// What would break a consumer is found, and what would not is let pass.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "'b':{'type':'integer'} | 'c':{'type':'integer'} | /b is gone",
        "'b':{'type':'integer'} | 'b':{'type':'string'} | /b was [integer] and is [string]",
        "'b':{'type':'integer'} | 'b':{'type':['integer','null']} | /b was [integer] and is [integer, null]",
        "'b':{'enum':['x','y']} | 'b':{'enum':['x']} | /b was one of [x, y] and is one of [x]",
        "'b':{'enum':['x']} | 'b':{'type':'string'} | /b was one of",
        "'b':{'type':'object','properties':{'d':{'type':'string'}},'required':['d']} | 'b':{'type':'object','properties':{'d':{'type':'string'}}} | /b/d was always there",
        "'b':{'type':'array','items':{'type':'string'}} | 'b':{'type':'array','items':{'type':'integer'}} | /b[] was [string] and is [integer]",
        "'b':{'type':'integer'} | 'b':{'type':'integer'},'c':{'type':'string'} | ``",
        "'b':{'enum':['x']} | 'b':{'enum':['x','y']} | ``"
      })
  void aSchemaThatWouldBreakAConsumerIsFound(String before, String after, String broken)
      throws IOException {
    var was = SchemaShape.of(write("was.json", before));
    var is = SchemaShape.of(write("is.json", after));
    var found = String.join("; ", is.brokenSince(was));
    assertThat(found).contains(broken);
    assertThat(found.isEmpty()).isEqualTo(broken.isEmpty());
  }

  private Path write(String name, String properties) throws IOException {
    return Files.writeString(
        directory.resolve(name),
        "{'type':'object','properties':{%s}}".formatted(properties).replace('\'', '"'));
  }

  private static List<Path> schemas(Path folder) throws IOException {
    return files(folder).stream().filter(file -> file.toString().endsWith(".json")).toList();
  }

  private static List<Path> files(Path folder) throws IOException {
    try (var files = Files.list(folder)) {
      return files.sorted().toList();
    }
  }
}
