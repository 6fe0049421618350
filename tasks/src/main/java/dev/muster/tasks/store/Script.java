package dev.muster.tasks.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// Statements that travel to Postgres together: one round trip, however many they are.
///
/// Each has a snapshot of its own, which sees what was committed when the locks of those before it
/// were granted. All parameters have a type: for one without, the driver would ask Postgres first,
/// and end the pipeline between two statements.
final class Script {
  private final Connection connection;
  private final StringBuilder sql = new StringBuilder();
  private final List<@Nullable Object> parameters = new ArrayList<>();
  private final List<@Nullable Reader> readers = new ArrayList<>();

  Script(Connection connection) {
    this.connection = connection;
  }

  /// Takes one row of a statement's answer.
  interface Reader {
    void read(ResultSet row) throws SQLException;
  }

  /// A value of an array, in SQL.
  interface Column<T> {
    @Nullable Object of(T row);
  }

  /// Adds a statement that answers rows; its parameters follow.
  Script read(String statement, Reader reader) {
    add(statement);
    readers.add(reader);
    return this;
  }

  /// Adds a statement that changes rows and answers none; its parameters follow.
  Script run(String statement) {
    add(statement);
    readers.add(null);
    return this;
  }

  private void add(String statement) {
    if (!sql.isEmpty()) {
      sql.append(";\n");
    }
    sql.append(statement);
  }

  Script uuids(Collection<UUID> ids) throws SQLException {
    return array("uuid", ids.toArray());
  }

  Script texts(Collection<? extends @Nullable String> texts) throws SQLException {
    return array("text", texts.toArray(String[]::new));
  }

  Script integers(Collection<Integer> numbers) throws SQLException {
    return array("int4", numbers.toArray(Integer[]::new));
  }

  /// The places of rows, from 1.
  Script places(int rows) throws SQLException {
    return integers(IntStream.rangeClosed(1, rows).boxed().toList());
  }

  /// An array of a type of Postgres, with what the column says of each row.
  <T> Script column(String type, List<T> rows, Column<T> column) throws SQLException {
    var values = values(type, rows.size());
    for (var i = 0; i < values.length; i++) {
      values[i] = sql(column.of(rows.get(i)));
    }
    return array(type, values);
  }

  /// The driver sends an array in binary if it is one of a class that it knows, and anything else
  /// as text, which Postgres then has to parse: an event's data twice, once as an array's element.
  private static @Nullable Object[] values(String type, int size) {
    return switch (type) {
      case "text" -> new @Nullable String[size];
      case "int4" -> new @Nullable Integer[size];
      case "int8" -> new @Nullable Long[size];
      case "bool" -> new @Nullable Boolean[size];
      default -> new @Nullable Object[size];
    };
  }

  private static @Nullable Object sql(@Nullable Object value) {
    return value instanceof Instant time ? time.toString() : value;
  }

  private Script array(String type, @Nullable Object[] values) throws SQLException {
    parameters.add(connection.createArrayOf(type, values));
    return this;
  }

  Script flag(boolean value) {
    parameters.add(value);
    return this;
  }

  Script number(int value) {
    parameters.add(value);
    return this;
  }

  Script seconds(double value) {
    parameters.add(value);
    return this;
  }

  Script uuid(UUID value) {
    parameters.add(value);
    return this;
  }

  boolean isEmpty() {
    return readers.isEmpty();
  }

  /// Sends all statements. Returns how many rows each has changed; of those that answered rows, how
  /// many.
  List<Integer> execute() throws SQLException {
    try (var statement = connection.prepareStatement(sql.toString())) {
      for (var i = 0; i < parameters.size(); i++) {
        statement.setObject(i + 1, parameters.get(i));
      }
      var hasRows = statement.execute();
      var counts = new ArrayList<Integer>(readers.size());
      for (var reader : readers) {
        if (!counts.isEmpty()) {
          hasRows = statement.getMoreResults();
        }
        counts.add(
            hasRows && reader != null ? read(statement, reader) : statement.getUpdateCount());
      }
      return counts;
    }
  }

  private static int read(PreparedStatement statement, Reader reader) throws SQLException {
    var count = 0;
    try (var rows = statement.getResultSet()) {
      while (rows.next()) {
        reader.read(rows);
        count++;
      }
    }
    return count;
  }

  /// The ids of things, as SQL has them.
  static <T> List<UUID> ids(Collection<T> things, Function<T, UUID> id) {
    return things.stream().map(id).toList();
  }
}
