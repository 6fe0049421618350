package dev.muster.standalone.contract;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What a schema says of each member, by its path, with all that it refers to.
///
/// @param members by their paths: `/issue/id`, `/runtimes[]/name`
public record SchemaShape(Map<String, Member> members) {
  private static final JsonMapper JSON = JsonMapper.shared();

  /// A member as it is described.
  ///
  /// @param words its types, formats and patterns
  /// @param values of an enumeration or a constant
  /// @param required whether it is always there where what it is in is there
  public record Member(Set<String> words, Set<String> values, boolean required) {}

  public static SchemaShape of(Path file) {
    var reader = new Reader();
    reader.walk(json(file), file, "");
    return reader.shape();
  }

  /// What of the released schema is not as it was, in sentences.
  public List<String> brokenSince(SchemaShape released) {
    var broken = new ArrayList<String>();
    released.members.forEach((path, before) -> {
      var now = members.get(path);
      if (now == null) {
        broken.add(path + " is gone");
        return;
      }
      if (!now.words.equals(before.words)) {
        broken.add("%s was %s and is %s".formatted(path, before.words, now.words));
      }
      if (!now.values.containsAll(before.values)
          || now.values.isEmpty() != before.values.isEmpty()) {
        broken.add("%s was one of %s and is one of %s".formatted(path, before.values, now.values));
      }
      if (before.required && !now.required) {
        broken.add(path + " was always there");
      }
    });
    return broken;
  }

  /// The members of the data that are not described, though their neighbours are.
  public Set<String> undescribed(JsonNode data) {
    var found = new TreeSet<String>();
    collect(data, "", found);
    return found;
  }

  private void collect(JsonNode node, String path, Set<String> found) {
    if (node.isArray()) {
      node.forEach(element -> collect(element, path + "[]", found));
    } else if (node.isObject()
        && members.keySet().stream().anyMatch(p -> p.startsWith(path + "/"))) {
      node.propertyStream()
          .forEach(member -> {
            var at = path + "/" + member.getKey();
            if (!members.containsKey(at)) {
              found.add(at);
            }
            collect(member.getValue(), at, found);
          });
    }
  }

  private static JsonNode json(Path file) {
    try {
      return JSON.readTree(Files.readString(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static final class Reader {
    private final Map<String, Set<String>> words = new TreeMap<>();
    private final Map<String, Set<String>> values = new TreeMap<>();
    private final Set<String> required = new TreeSet<>();

    void walk(JsonNode schema, Path file, String path) {
      var ref = schema.path("$ref").asString("");
      if (!ref.isEmpty()) {
        var target = file.resolveSibling(ref);
        walk(json(target), target, path);
      }
      schema.path("allOf").forEach(part -> walk(part, file, path));
      schema.path("anyOf").forEach(part -> walk(part, file, path));
      note(schema.path("type"), words, path);
      note(schema.path("format"), words, path);
      note(schema.path("pattern"), words, path);
      note(schema.path("enum"), values, path);
      note(schema.path("const"), values, path);
      schema.path("required").forEach(name -> required.add(path + "/" + name.asString()));
      schema
          .path("properties")
          .propertyStream()
          .forEach(member -> {
            var at = path + "/" + member.getKey();
            words.computeIfAbsent(at, _ -> new TreeSet<>());
            walk(member.getValue(), file, at);
          });
      if (schema.has("items")) {
        walk(schema.get("items"), file, path + "[]");
      }
    }

    private static void note(JsonNode says, Map<String, Set<String>> where, String path) {
      if (says.isArray()) {
        says.forEach(one -> note(one, where, path));
      } else if (!says.isMissingNode()) {
        where.computeIfAbsent(path, _ -> new TreeSet<>()).add(says.asString());
      }
    }

    SchemaShape shape() {
      var members = new TreeMap<String, Member>();
      words.forEach((path, types) ->
          members.put(
              path,
              new Member(types, values.getOrDefault(path, Set.of()), required.contains(path))));
      return new SchemaShape(members);
    }
  }
}
