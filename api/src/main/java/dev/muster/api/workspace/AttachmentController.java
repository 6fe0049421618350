package dev.muster.api.workspace;

import dev.muster.api.edge.Refused;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/// Says to those who would attach files that there are none here. The text is read by agents, which
/// do as it says; the body is not read.
@RestController
class AttachmentController {
  @PostMapping("/api/upload-file")
  void upload() {
    throw Refused.unsupported(
        "attachments are not supported by this server: put the text into the comment, or name where the file is");
  }
}
