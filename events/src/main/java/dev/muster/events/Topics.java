package dev.muster.events;

/// The topics Muster writes.
public final class Topics {
  /// Every event, keyed by workspace id, in the workspace's order.
  public static final String EVENTS = "muster.events";

  /// The latest state of each task, keyed by task id, compacted.
  public static final String TASKS = "muster.tasks";

  /// Progress of running tasks, keyed by task id: high volume, kept for hours, not part of the
  /// ordered feed.
  public static final String OUTPUT = "muster.output";

  /// Records that a consumer could not take, with the reason in their headers.
  public static final String DEAD_LETTERS = "muster.dead-letters";

  /// Dead letters that are to be taken once more, by those who could not take them.
  public static final String REDRIVEN = "muster.redriven";

  private Topics() {}
}
