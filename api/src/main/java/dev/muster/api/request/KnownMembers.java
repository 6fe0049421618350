package dev.muster.api.request;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/// The members that a body may have, nested ones too, as the record says that it is read into.
final class KnownMembers {
  private KnownMembers() {}

  /// Notes what a body has and the type does not.
  static void check(JsonNode body, Type type, Unknown unknown) {
    check("", body, type, unknown);
  }

  private static void check(String path, JsonNode value, Type type, Unknown unknown) {
    if (type instanceof ParameterizedType generic && generic.getRawType() == List.class) {
      var element = generic.getActualTypeArguments()[0];
      for (var i = 0; i < value.size(); i++) {
        check("%s[%d]".formatted(path, i), value.path(i), element, unknown);
      }
    } else if (type instanceof Class<?> record && record.isRecord() && value.isObject()) {
      var before = path.isEmpty() ? "" : path + ".";
      var known = members(record);
      value
          .properties()
          .forEach(member -> {
            var component = known.get(member.getKey().toLowerCase(Locale.ROOT));
            if (component == null) {
              unknown.add(before, member.getKey(), known.keySet());
            } else {
              check(
                  before + member.getKey(), member.getValue(), component.getGenericType(), unknown);
            }
          });
    }
  }

  private static Map<String, RecordComponent> members(Class<?> record) {
    return Arrays.stream(record.getRecordComponents())
        .collect(
            Collectors.toMap(component -> snakeCase(component.getName()), Function.identity()));
  }

  private static String snakeCase(String name) {
    return name.replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT);
  }
}
