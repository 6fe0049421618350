package dev.muster.standalone.chart;

import com.google.gson.annotations.SerializedName;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/// Kubernetes' schema, as its own client for Java has it: a document may have no member that is
/// unknown there, none of another type, and lacks none that is required.
final class KubernetesSchema {
  private static final String MODELS = "io.kubernetes.client.openapi.models.";
  private static final Map<String, String> VERSIONS =
      Map.of(
          "v1", "V1",
          "apps/v1", "V1",
          "batch/v1", "V1",
          "policy/v1", "V1",
          "networking.k8s.io/v1", "V1",
          "autoscaling/v2", "V2");

  /// What is written as a number or as a text.
  private static final Set<String> EITHER = Set.of("IntOrString", "Quantity");

  private final List<String> faults = new ArrayList<>();

  private KubernetesSchema() {}

  /// What is wrong with a document; empty if nothing is.
  static List<String> faults(JsonNode document) {
    var schema = new KubernetesSchema();
    var version = VERSIONS.get(document.path("apiVersion").asString());
    var kind = document.path("kind").asString();
    try {
      schema.check(kind, document, Class.forName(MODELS + version + kind));
    } catch (ClassNotFoundException e) {
      schema.faults.add("%s %s is unknown".formatted(document.path("apiVersion"), kind));
    }
    return schema.faults;
  }

  private void check(String where, JsonNode node, Type type) {
    switch (type) {
      case Class<?> model when model.getName().startsWith(MODELS) -> members(where, node, model);
      case Class<?> plain -> require(isOf(node, plain), where, plain.getSimpleName());
      case ParameterizedType list when list.getRawType() == List.class -> {
        require(node.isArray(), where, "list");
        for (var i = 0; i < node.size(); i++) {
          check(where + "[" + i + "]", node.get(i), list.getActualTypeArguments()[0]);
        }
      }
      case ParameterizedType map -> {
        require(node.isObject(), where, "object");
        node.properties()
            .forEach(member ->
                check(
                    where + "." + member.getKey(),
                    member.getValue(),
                    map.getActualTypeArguments()[1]));
      }
      default -> throw new IllegalStateException(type.getTypeName());
    }
  }

  private static boolean isOf(JsonNode node, Class<?> plain) {
    if (EITHER.contains(plain.getSimpleName())) {
      return node.isString() || node.isNumber();
    }
    if (plain == Boolean.class) {
      return node.isBoolean();
    }
    return Number.class.isAssignableFrom(plain) ? node.isIntegralNumber() : node.isString();
  }

  private void members(String where, JsonNode node, Class<?> model) {
    if (!node.isObject()) {
      require(false, where, "object");
      return;
    }
    var fields = fields(model);
    node.properties()
        .forEach(member -> {
          var name = where + "." + member.getKey();
          var field = fields.get(member.getKey());
          if (field == null) {
            faults.add(name + " is unknown");
          } else {
            check(name, member.getValue(), field.getGenericType());
          }
        });
    required(model).stream()
        .map(String::valueOf)
        .filter(name -> !node.has(name))
        .forEach(name -> faults.add(where + " lacks " + name));
  }

  private static Map<String, Field> fields(Class<?> model) {
    return Arrays.stream(model.getDeclaredFields())
        .filter(field -> !Modifier.isStatic(field.getModifiers()))
        .filter(field -> field.isAnnotationPresent(SerializedName.class))
        .collect(
            Collectors.toMap(
                field -> field.getAnnotation(SerializedName.class).value(), field -> field));
  }

  private static Set<?> required(Class<?> model) {
    try {
      return (Set<?>) model.getField("openapiRequiredFields").get(null);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  private void require(boolean isSo, String where, String wanted) {
    if (!isSo) {
      faults.add("%s is no %s".formatted(where, wanted));
    }
  }
}
