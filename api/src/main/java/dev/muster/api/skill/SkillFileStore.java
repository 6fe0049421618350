package dev.muster.api.skill;

import dev.muster.events.sql.Rows;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.springframework.jdbc.core.RowMapper;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/// The rows of skills' files.
@Component
class SkillFileStore {
  private static final RowMapper<SkillFileView> ROW = Rows.of(SkillFileView.class);

  private final JdbcClient db;

  SkillFileStore(JdbcClient db) {
    this.db = db;
  }

  List<SkillFileView> list(UUID skill) {
    return db.sql(
            """
            SELECT id, skill_id, path, content, created_at, updated_at
              FROM skill_file WHERE skill_id = :skill ORDER BY path LIMIT :max
            """)
        .param("skill", skill)
        .param("max", SkillFields.FILES_MAX)
        .query(ROW)
        .list();
  }

  /// Writes the files, over those with the same path.
  void write(UUID skill, Map<String, String> contents) {
    db.sql(
            """
            INSERT INTO skill_file (skill_id, path, content)
            SELECT :skill, path, content FROM unnest(:paths::text[], :contents::text[]) AS f (path, content)
            ON CONFLICT (skill_id, path) DO UPDATE SET content = excluded.content, updated_at = now()
            """)
        .param("skill", skill)
        .param("paths", contents.keySet().toArray(String[]::new))
        .param("contents", contents.values().toArray(String[]::new))
        .update();
  }

  int count(UUID skill) {
    return db.sql("SELECT count(*) FROM skill_file WHERE skill_id = :skill")
        .param("skill", skill)
        .query(Integer.class)
        .single();
  }

  void deleteAll(UUID skill) {
    db.sql("DELETE FROM skill_file WHERE skill_id = :skill").param("skill", skill).update();
  }

  boolean delete(UUID skill, UUID file) {
    return db.sql("DELETE FROM skill_file WHERE skill_id = :skill AND id = :file")
            .param("skill", skill)
            .param("file", file)
            .update()
        == 1;
  }
}
