package dev.muster.api.edge;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.RowMapper;
import org.springframework.jdbc.core.simple.JdbcClient.StatementSpec;

/// A part of a list, bounded in rows and in bytes: a list of long texts ends early.
///
/// @param leftOut how many rows were found and did not fit: of a long list one, if it goes on
public record Page<T>(List<T> rows, int leftOut) {
  /// How long the texts of a page are together, all but the last.
  public static final int BYTES = 1024 * 1024;

  public Page {
    rows = List.copyOf(rows);
  }

  /// The query of a page: at least one row if there is any, and further ones while the texts before
  /// them are not larger than the page.
  ///
  /// Lengths are read without the texts. Only what is answered leaves the database.
  ///
  /// @param query without `LIMIT`, in order
  /// @param order the same order, by the query's columns
  /// @param texts those of the query's columns that may be long; others count as little
  public static String sql(String query, String order, String... texts) {
    var size = new StringBuilder("100");
    for (var text : texts) {
      size.append(" + coalesce(octet_length(").append(text).append("), 0)");
    }
    return """
    WITH page AS MATERIALIZED (%s LIMIT :page_rows::int + 1),
    sized AS (
      SELECT *, row_number() OVER w AS page_row, count(*) OVER () AS page_found,
             sum(%s) OVER (w ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS page_before
        FROM page WINDOW w AS (ORDER BY %s)
    )
    SELECT *, page_found - page_row AS page_left_out
      FROM sized WHERE page_row <= :page_rows AND coalesce(page_before, 0) < :page_bytes
     ORDER BY page_row
    """
        .formatted(query, size, order);
  }

  public static <T> Page<T> read(StatementSpec statement, int rows, RowMapper<T> mapper) {
    return read(statement, rows, BYTES, mapper);
  }

  /// Reads a page.
  ///
  /// @param statement of [#sql], with the parameters of its query
  public static <T> Page<T> read(
      StatementSpec statement, int rows, int bytes, RowMapper<T> mapper) {
    return statement
        .param("page_rows", rows)
        .param("page_bytes", bytes)
        .query((ResultSet result) -> of(result, mapper));
  }

  private static <T> Page<T> of(ResultSet result, RowMapper<T> mapper) throws SQLException {
    var rows = new ArrayList<T>();
    var leftOut = 0;
    while (result.next()) {
      var row = mapper.mapRow(result, rows.size());
      if (row != null) {
        rows.add(row);
      }
      leftOut = result.getInt("page_left_out");
    }
    return new Page<>(rows, leftOut);
  }

  public boolean hasMore() {
    return leftOut > 0;
  }

  /// Where the next page begins; null on the last.
  ///
  /// @param cursor the cursor after the last row
  public @Nullable String next(Function<T, String> cursor) {
    return hasMore() ? cursor.apply(rows.getLast()) : null;
  }
}
