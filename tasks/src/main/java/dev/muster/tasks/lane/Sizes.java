package dev.muster.tasks.lane;

import dev.muster.tasks.command.NewWork;
import dev.muster.tasks.command.Said;

/// How large commands are, in characters.
final class Sizes {
  private Sizes() {}

  static int of(Said said) {
    return switch (said) {
      case Said.Complete complete -> complete.result().length() + complete.output().length();
      case Said.Fail fail -> fail.error().length();
      case Said.Start _,
          Said.Prepare _,
          Said.Release _,
          Said.AcknowledgeCancel _,
          Said.KeepSession _ ->
          0;
    };
  }

  static int of(NewWork.Issue issue) {
    return issue.title().length()
        + (issue.description() == null ? 0 : issue.description().length());
  }
}
