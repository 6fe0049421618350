package dev.muster.tasks.schedule;

/// What became of a text that is to be a timetable.
public sealed interface ParsedCron permits Cron, ParsedCron.Wrong {
  /// It is none.
  ///
  /// @param position of the first character that is wrong, from 1
  /// @param reason what is wrong there
  record Wrong(int position, String reason) implements ParsedCron {}
}
