package dev.muster.events.sql;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.UndeclaredThrowableException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.RowMapper;
import org.springframework.jdbc.support.JdbcUtils;

/// Rows as records: each component is the column of its name in snake case.
///
/// Spring's own mappers ask the driver for an [Instant], which it refuses with an exception for
/// each of them before they ask for something else. On a path that every request takes, that is
/// most of the work; here it is asked for what it has.
record RecordRows<T>(MethodHandle constructor, List<Column> columns) implements RowMapper<T> {
  private record Column(String name, Class<?> type) {
    private @Nullable Object read(ResultSet row) throws SQLException {
      var index = row.findColumn(name);
      if (type == UUID.class) {
        return row.getObject(index, UUID.class);
      }
      if (type == Instant.class) {
        var time = row.getObject(index, OffsetDateTime.class);
        return time == null ? null : time.toInstant();
      }
      if (type == List.class) {
        var array = row.getArray(index);
        return array == null ? null : List.of((Object[]) array.getArray());
      }
      return JdbcUtils.getResultSetValue(row, index, type);
    }
  }

  static <T> RecordRows<T> of(Class<T> type) {
    var components = type.getRecordComponents();
    var types = Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
    try {
      var constructor =
          MethodHandles.privateLookupIn(type, MethodHandles.lookup())
              .findConstructor(type, MethodType.methodType(void.class, types));
      return new RecordRows<>(
          constructor
              .asSpreader(Object[].class, types.length)
              .asType(MethodType.methodType(Object.class, Object[].class)),
          Arrays.stream(components)
              .map(c ->
                  new Column(
                      JdbcUtils.convertPropertyNameToUnderscoreName(c.getName()), c.getType()))
              .toList());
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(type + " is no record of which rows can be made", e);
    }
  }

  @Override
  @SuppressWarnings("unchecked")
  public T mapRow(ResultSet row, int number) throws SQLException {
    var values = new @Nullable Object[columns.size()];
    for (var i = 0; i < values.length; i++) {
      values[i] = columns.get(i).read(row);
    }
    try {
      return (T) (Object) constructor.invokeExact(values);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new UndeclaredThrowableException(e);
    }
  }
}
