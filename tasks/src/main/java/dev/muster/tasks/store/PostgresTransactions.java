package dev.muster.tasks.store;

import dev.muster.tasks.command.TaskCommand;
import dev.muster.tasks.decide.Changes;
import dev.muster.tasks.decide.Situation;
import dev.muster.tasks.decide.TaskTransaction;
import dev.muster.tasks.decide.TaskTransactions;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import javax.sql.DataSource;
import org.springframework.jdbc.CannotGetJdbcConnectionException;
import org.springframework.jdbc.datasource.DataSourceUtils;
import org.springframework.jdbc.support.SQLErrorCodeSQLExceptionTranslator;
import org.springframework.jdbc.support.SQLExceptionTranslator;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/// Tasks in Postgres.
public final class PostgresTransactions implements TaskTransactions {
  private final DataSource dataSource;
  private final SQLExceptionTranslator translator;

  public PostgresTransactions(DataSource dataSource) {
    this.dataSource = dataSource;
    this.translator = new SQLErrorCodeSQLExceptionTranslator("PostgreSQL");
  }

  @Override
  public TaskTransaction begin() {
    try {
      var connection = dataSource.getConnection();
      try {
        connection.setAutoCommit(false);
      } catch (SQLException e) {
        connection.close();
        throw e;
      }
      return new Transaction(connection, true);
    } catch (SQLException e) {
      throw new CannotGetJdbcConnectionException("no connection for a batch of commands", e);
    }
  }

  /// Takes part in the transaction that the caller is in.
  public TaskTransaction join() {
    if (!TransactionSynchronizationManager.isActualTransactionActive()) {
      throw new IllegalStateException("the caller is in no transaction");
    }
    return new Transaction(DataSourceUtils.getConnection(dataSource), false);
  }

  private final class Transaction implements TaskTransaction {
    private final Connection connection;
    private final boolean isOwn;
    private boolean isOpen = true;

    Transaction(Connection connection, boolean isOwn) {
      this.connection = connection;
      this.isOwn = isOwn;
    }

    @Override
    public Situation load(List<? extends TaskCommand<?>> commands, boolean skipsLocked) {
      try {
        return new BatchLoad(connection, Wanted.by(commands), skipsLocked).load();
      } catch (SQLException e) {
        throw translated("load", e);
      }
    }

    @Override
    public void write(Changes changes) {
      try {
        new BatchWrite(connection, changes).write(isOwn);
        isOpen = false;
      } catch (SQLException e) {
        throw translated("write", e);
      }
    }

    private RuntimeException translated(String what, SQLException e) {
      var translated = translator.translate(what + " a batch of commands", null, e);
      return translated == null ? new IllegalStateException(e) : translated;
    }

    @Override
    public void close() {
      if (!isOwn) {
        DataSourceUtils.releaseConnection(connection, dataSource);
        return;
      }
      try (connection) {
        if (isOpen) {
          connection.rollback();
        }
        connection.setAutoCommit(true);
      } catch (SQLException e) {
        // The connection is gone, and the transaction with it.
        isOpen = false;
      }
    }
  }
}
