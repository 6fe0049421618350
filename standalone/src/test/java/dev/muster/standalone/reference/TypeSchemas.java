package dev.muster.standalone.reference;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonRawValue;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.AnnotatedParameterizedType;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.lang.reflect.WildcardType;
import java.math.BigInteger;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// The JSON schemas of Java types, as the api's mapper reads and writes them; each record is a
/// component of its own.
final class TypeSchemas {
  /// What a type is for: of a request nothing is said to be needed, which the checks decide and not
  /// the type; of an answer all is there that is not left out on purpose.
  enum Use {
    /// A body of Muster's own routes, which must be known whole.
    STRICT_REQUEST,
    /// A body of Multica's routes: what is not known is ignored.
    LOOSE_REQUEST,
    ANSWER
  }

  private static final String ALIAS = "=";
  private static final JsonMapper JSON = JsonMapper.shared();

  private final SourceComments comments;
  private final Map<String, String> names;
  private final Set<String> named = new HashSet<>();
  private final Map<String, Class<?>> types = new HashMap<>();
  private final Map<String, Use> uses = new HashMap<>();
  private final Map<String, ObjectNode> components = new TreeMap<>();
  private final List<String> faults = new ArrayList<>();

  /// @param names of components, by the names of their types, where the type's own would not do
  TypeSchemas(SourceComments comments, Map<String, String> names) {
    this.comments = comments;
    this.names = Map.copyOf(names);
  }

  /// All components so far, by name.
  Map<String, ObjectNode> components() {
    return components;
  }

  /// Types that cannot be told apart by their names, and names of none.
  List<String> faults() {
    var all = new ArrayList<>(faults);
    names.keySet().stream()
        .filter(type -> !named.contains(type))
        .map(type -> type + " is named and no component")
        .sorted()
        .forEach(all::add);
    return all;
  }

  ObjectNode of(AnnotatedType annotated, Use use) {
    var schema = schema(annotated, use);
    return annotated.isAnnotationPresent(Nullable.class) ? nullable(schema) : schema;
  }

  private ObjectNode schema(AnnotatedType annotated, Use use) {
    var type = annotated.getType();
    if (annotated instanceof AnnotatedParameterizedType generic
        && type instanceof ParameterizedType parameterized
        && parameterized.getRawType() instanceof Class<?> raw) {
      var arguments = generic.getAnnotatedActualTypeArguments();
      if (Collection.class.isAssignableFrom(raw)) {
        var array = typed("array");
        array.set("items", of(arguments[0], use));
        return array;
      }
      if (raw == Map.class) {
        var object = typed("object");
        var values = of(arguments[1], use);
        object.set("additionalProperties", values.isEmpty() ? JSON.readTree("true") : values);
        return object;
      }
      if (raw == ResponseEntity.class) {
        return of(arguments[0], use);
      }
    }
    if (type instanceof WildcardType) {
      return JSON.createObjectNode();
    }
    return type instanceof Class<?> known && known.isRecord()
        ? reference(known, use)
        : simple(type);
  }

  private static ObjectNode simple(Type type) {
    if (type == String.class) {
      return typed("string");
    }
    if (type == UUID.class) {
      return typed("string").put("format", "uuid");
    }
    if (type == Instant.class) {
      return typed("string").put("format", "date-time");
    }
    if (type == LocalDate.class) {
      return typed("string").put("format", "date");
    }
    if (type == int.class || type == Integer.class) {
      return typed("integer").put("format", "int32");
    }
    if (type == long.class || type == Long.class) {
      return typed("integer").put("format", "int64");
    }
    if (type == BigInteger.class) {
      return typed("integer");
    }
    if (type == double.class || type == Double.class) {
      return typed("number").put("format", "double");
    }
    if (type == boolean.class || type == Boolean.class) {
      return typed("boolean");
    }
    if (type == Object.class || type == JsonNode.class) {
      return JSON.createObjectNode();
    }
    throw new IllegalArgumentException("there is no schema of " + type);
  }

  private static ObjectNode typed(String type) {
    return JSON.createObjectNode().put("type", type);
  }

  private static ObjectNode nullable(ObjectNode schema) {
    if (schema.has("$ref")) {
      var either = JSON.createObjectNode();
      either.putArray("anyOf").add(schema).add(typed("null"));
      return either;
    }
    if (schema.path("type").isString()) {
      var type = schema.get("type").asString();
      schema.putArray("type").add(type).add("null");
    }
    return schema;
  }

  ObjectNode reference(Class<?> record, Use use) {
    var name = name(record);
    if (name.startsWith(ALIAS)) {
      return JSON.createObjectNode()
          .put("$ref", "#/components/schemas/" + name.substring(ALIAS.length()));
    }
    var before = types.putIfAbsent(name, record);
    if (before == null) {
      uses.put(name, use);
      // Known before its members are, which may be of the same type.
      var component = typed("object");
      components.put(name, component);
      fill(component, record, use);
    } else if (before != record) {
      faults.add(
          "%s and %s are both called %s: give one another name"
              .formatted(before.getName(), record.getName(), name));
    } else if (uses.get(name) == Use.ANSWER ^ use == Use.ANSWER) {
      faults.add("%s is used as %s and as %s".formatted(name, uses.get(name), use));
    } else if (use == Use.LOOSE_REQUEST) {
      loosen(name);
    }
    return JSON.createObjectNode().put("$ref", "#/components/schemas/" + name);
  }

  private void loosen(String name) {
    Objects.requireNonNull(components.get(name)).put("additionalProperties", true);
  }

  private String name(Class<?> record) {
    named.add(record.getName());
    var given = names.get(record.getName());
    return given == null ? record.getSimpleName().replaceAll("View$", "") : given;
  }

  private void fill(ObjectNode component, Class<?> record, Use use) {
    var comment = comments.of(record);
    if (!comment.text().isEmpty()) {
      component.put("description", comment.text());
    }
    var properties = component.putObject("properties");
    var required = new ArrayList<String>();
    addMembers(properties, required, record, use);
    if (use == Use.ANSWER && !required.isEmpty()) {
      var all = component.putArray("required");
      required.forEach(all::add);
    }
    if (use == Use.LOOSE_REQUEST) {
      loosen(name(record));
    }
  }

  private void addMembers(ObjectNode properties, List<String> required, Class<?> record, Use use) {
    for (var member : record.getRecordComponents()) {
      if (member.getAccessor().isAnnotationPresent(JsonUnwrapped.class)) {
        addMembers(properties, required, member.getType(), use);
        continue;
      }
      if (member.getAccessor().isAnnotationPresent(JsonIgnore.class)) {
        continue;
      }
      var named = member.getAccessor().getAnnotation(JsonProperty.class);
      var name = named == null ? snakeCase(member.getName()) : named.value();
      var isLeftOut = use == Use.ANSWER && isLeftOut(record, member);
      var schema = isRaw(member) ? JSON.createObjectNode() : schema(member.getAnnotatedType(), use);
      if (member.getAnnotatedType().isAnnotationPresent(Nullable.class) && !isLeftOut) {
        schema = nullable(schema);
      }
      var said = comments.of(record).parameters().get(member.getName());
      if (said != null) {
        schema.put("description", said);
      }
      properties.set(name, schema);
      if (!isLeftOut) {
        required.add(name);
      }
    }
  }

  private static boolean isRaw(RecordComponent member) {
    return member.getAccessor().isAnnotationPresent(JsonRawValue.class);
  }

  /// Whether the member is not written where there is nothing to say.
  private static boolean isLeftOut(Class<?> record, RecordComponent member) {
    var own = include(member.getAccessor());
    var said = own == null ? include(record) : own;
    return said != null && said != JsonInclude.Include.ALWAYS;
  }

  private static JsonInclude.@Nullable Include include(AnnotatedElement element) {
    var annotation = element.getAnnotation(JsonInclude.class);
    return annotation == null ? null : annotation.value();
  }

  private static String snakeCase(String name) {
    return name.replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT);
  }
}
