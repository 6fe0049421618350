package dev.muster.standalone;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/// One connection to a database that is not the shared one.
record SingleDatabase(SingleConnectionDataSource dataSource) implements AutoCloseable {
  SingleDatabase(String jdbcUrl) {
    this(new SingleConnectionDataSource(jdbcUrl, true));
  }

  JdbcClient db() {
    return JdbcClient.create(dataSource);
  }

  @Override
  public void close() {
    dataSource.destroy();
  }
}
