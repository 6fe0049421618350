package dev.muster.api.skill;

import dev.muster.api.access.Caller;
import dev.muster.api.access.WorkspaceAccess;
import dev.muster.api.edge.Created;
import dev.muster.api.edge.Input;
import dev.muster.api.edge.JsonBody;
import dev.muster.api.edge.LargeAnswer;
import dev.muster.api.edge.Limits;
import dev.muster.api.edge.NextLink;
import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/// The routes of skills.
@RestController
@RequestMapping("/api/skills")
class SkillController {
  private final Skills skills;
  private final SkillStore store;

  SkillController(Skills skills, SkillStore store) {
    this.skills = skills;
    this.store = store;
  }

  @LargeAnswer
  @GetMapping({"", "/"})
  ResponseEntity<List<SkillView>> list(
      WorkspaceAccess access,
      @RequestParam(required = false) @Nullable String after,
      @RequestParam(required = false) @Nullable String limit,
      HttpServletRequest request) {
    var page = store.list(access.workspace(), after, Input.limit(limit, SkillStore.LIST_MAX));
    return NextLink.answer(request, page.rows(), "after", page.next(SkillView::name));
  }

  @PostMapping({"", "/"})
  @ResponseStatus(HttpStatus.CREATED)
  ResponseEntity<SkillView> create(WorkspaceAccess access, @JsonBody SkillFields fields) {
    access.requireAdmin();
    var skill = skills.create(access.caller(), access.workspace(), fields);
    return Created.at("/api/skills/" + skill.id(), skill);
  }

  @LargeAnswer(bytes = 2 * Limits.AGENT_SKILLS_BYTES)
  @GetMapping("/{id}")
  SkillView find(Caller caller, @PathVariable String id) {
    return skills.find(caller, id);
  }

  @PutMapping("/{id}")
  SkillView update(Caller caller, @PathVariable String id, @JsonBody SkillFields fields) {
    return skills.update(caller, id, fields);
  }

  @DeleteMapping("/{id}")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  void delete(Caller caller, @PathVariable String id) {
    skills.delete(caller, id);
  }

  @LargeAnswer(bytes = 2 * Limits.AGENT_SKILLS_BYTES)
  @GetMapping("/{id}/files")
  @Nullable List<SkillFileView> files(Caller caller, @PathVariable String id) {
    return skills.find(caller, id).files();
  }

  @PutMapping("/{id}/files")
  SkillFileView writeFile(
      Caller caller, @PathVariable String id, @JsonBody SkillFields.FileFields file) {
    return skills.writeFile(caller, id, file);
  }

  @DeleteMapping("/{id}/files/{fileId}")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  void deleteFile(Caller caller, @PathVariable String id, @PathVariable String fileId) {
    skills.deleteFile(caller, id, fileId);
  }
}
