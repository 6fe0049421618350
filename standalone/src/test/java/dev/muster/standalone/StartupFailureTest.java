package dev.muster.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.BindException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.web.server.PortInUseException;

class StartupFailureTest {
  @Test
  void the_sentence_is_found_however_deep_it_lies() {
    var failure = new IllegalStateException(new IOException(new Sentence("Do this.")));

    assertThat(StartupFailure.sentence(failure)).hasValue("Do this.");
  }

  @Test
  void what_no_setting_could_mend_has_no_sentence() {
    assertThat(StartupFailure.sentence(new IllegalStateException("a defect"))).isEmpty();
    assertThat(StartupFailure.sentence(new SQLException("a defect", "42601"))).isEmpty();
  }

  @Test
  void a_taken_port_names_the_setting() {
    assertThat(StartupFailure.sentence(new PortInUseException(8080)))
        .hasValue("Port 8080 is taken; set SERVER_PORT to another.");
    assertThat(StartupFailure.sentence(new IOException(new BindException()))).isPresent();
  }

  @Test
  void a_database_that_is_away_is_told_in_one_line() {
    var failure = new SQLException("Connection refused.\nCheck the address.", "08001");

    assertThat(StartupFailure.sentence(failure))
        .hasValue(
            "Postgres cannot be reached (Connection refused.); start it, or correct SPRING_DATASOURCE_URL.");
  }

  @Test
  void a_database_that_refuses_the_user_is_told_apart() {
    assertThat(StartupFailure.sentence(new SQLException("no such role", "28000")))
        .hasValueSatisfying(sentence ->
            assertThat(sentence).contains("no such role", "SPRING_DATASOURCE_USERNAME"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "3D000 | database \"muster\" does not exist | SPRING_DATASOURCE_URL",
        "25006 | cannot execute CREATE TABLE in a read-only transaction | of the primary",
        "42501 | permission denied for schema public | the owner of the database",
        "53100 | could not extend file | make room",
        "53300 | sorry, too many clients already | SPRING_DATASOURCE_HIKARI_MAXIMUMPOOLSIZE",
        "57P03 | the database system is starting up | start Muster again",
      })
  void what_postgres_refuses_comes_with_what_to_do(String code, String reason, String todo) {
    var wrapped = new IllegalStateException(new SQLException("FATAL: " + reason, code));

    assertThat(StartupFailure.sentence(wrapped))
        .hasValueSatisfying(sentence -> assertThat(sentence).contains(reason, todo).endsWith("."));
  }

  @Test
  void a_taken_port_is_noticed_before_the_start() throws IOException {
    try (var taken = new ServerSocket(0)) {
      assertThatThrownBy(() -> Ports.requireFree("SERVER_PORT", taken.getLocalPort()))
          .isInstanceOf(Sentence.class)
          .hasMessageContaining("set SERVER_PORT to another");
    }
  }

  @Test
  void a_data_directory_that_cannot_be_written_to_is_told(@TempDir Path directory)
      throws IOException {
    var file = Files.createFile(directory.resolve("file"));

    for (var path : new Path[] {file, file.resolve("below")}) {
      assertThatThrownBy(() -> DataDirectory.open(path))
          .isInstanceOf(Sentence.class)
          .hasMessageContaining("cannot be written to; set MUSTER_DATA");
    }
  }

  @Test
  void a_data_directory_has_one_owner_at_a_time(@TempDir Path directory) throws IOException {
    try (var _ = DataDirectory.open(directory)) {
      assertThatThrownBy(() -> DataDirectory.open(directory))
          .isInstanceOf(Sentence.class)
          .hasMessageContaining("Another Muster is running on " + directory);
    }
    DataDirectory.open(directory).close();
  }

  @Test
  void the_token_is_made_once_and_shown_once(@TempDir Path directory) throws IOException {
    try (var data = DataDirectory.open(directory)) {
      var made = data.token();

      assertThat(made.isNew()).isTrue();
      assertThat(data.token()).isEqualTo(new DataDirectory.Token(made.value(), false));
      assertThat(Files.getPosixFilePermissions(directory.resolve("token")))
          .extracting(Enum::name)
          .containsExactlyInAnyOrder("OWNER_READ", "OWNER_WRITE");
    }
  }
}
