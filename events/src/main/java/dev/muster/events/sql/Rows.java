package dev.muster.events.sql;

import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.jdbc.core.RowMapper;

/// Row mappers whose rows are never null, which `JdbcClient.query(Class)` cannot promise.
public final class Rows {
  private static final Map<Class<?>, RowMapper<?>> MAPPERS = new ConcurrentHashMap<>();

  private Rows() {}

  /// Rows as records: columns by the names of the components, in snake case.
  @SuppressWarnings("unchecked")
  public static <T> RowMapper<T> of(Class<T> type) {
    return (RowMapper<T>) MAPPERS.computeIfAbsent(type, RecordRows::of);
  }

  /// The first column, an id.
  public static RowMapper<UUID> id() {
    return (row, _) -> row.getObject(1, UUID.class);
  }
}
