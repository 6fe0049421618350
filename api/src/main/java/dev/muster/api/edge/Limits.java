package dev.muster.api.edge;

/// The limits on what a client may send. Lengths are in characters, sizes in bytes.
public final class Limits {
  /// A request body.
  public static final int BODY_BYTES = 2 * 1024 * 1024;

  /// The body of a final report, which is cut rather than refused: see [#OUTPUT].
  public static final int REPORT_BODY_BYTES = 32 * 1024 * 1024;

  /// The body of messages: what is too long of one of them is shortened, so that it does not cost
  /// the others.
  public static final int MESSAGES_BODY_BYTES = 16 * 1024 * 1024;

  /// What is kept of an agent's output or error; the rest is cut off, since a final report must not
  /// fail.
  public static final int OUTPUT = 256 * 1024;

  /// Names, titles, slugs, providers, paths and the like.
  public static final int NAME = 500;

  /// Names of providers, which are half of a key: together with [#NAME] they must fit into an
  /// index.
  public static final int PROVIDER = 200;

  /// Paths and addresses that a daemon reports.
  public static final int PATH = 4_096;

  /// A runtime's labels: an event shows those of up to 100 runtimes.
  public static final int LABELS = 4 * 1024;

  /// Descriptions, instructions, comments, prompts, contents of skills and their files.
  public static final int TEXT = 256 * 1024;

  /// A skill's text and files together, in bytes.
  public static final int SKILL_BYTES = 2 * 1024 * 1024;

  /// The texts and files of all skills of an agent, in bytes: a claim brings them.
  public static final int AGENT_SKILLS_BYTES = 4 * 1024 * 1024;

  /// Texts that are shown beside a name: descriptions of agents and workspaces.
  public static final int DESCRIPTION = 16 * 1024;

  /// Free-form JSON: settings, configs, tools.
  public static final int JSON = 64 * 1024;

  /// Elements of an array, where nothing smaller is said.
  public static final int ELEMENTS = 1_000;

  /// Rows of one page.
  public static final int PAGE = 500;

  /// Tasks at once, of an agent or a runtime.
  public static final int CONCURRENT_TASKS = 10_000;

  private Limits() {}
}
