package dev.muster.cli;

import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import java.util.Set;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;

/// The commands that work on a Muster over its REST API, wherever it runs.
///
/// Exit codes: 0 done; 1 a task that was waited for did not complete; 2 wrong usage; 3 not signed
/// in, or not allowed; 4 not found; 5 refused for another reason; 6 no answer; 7 the output could
/// not be written; 141 nobody reads it any more.
public final class Cli {
  private static final Set<String> COMMANDS =
      Set.of(
          "login",
          "logout",
          "whoami",
          "workspace",
          "task",
          "schedule",
          "webhook",
          "agent",
          "runtime",
          "token",
          "member",
          "events",
          "completion");

  private final CommandLine line;
  private final Context context;

  private Cli(CommandLine line, Context context) {
    this.line = line;
    this.context = context;
  }

  /// Whether a command line is one of these. `runtime` without a subcommand is the runtime that
  /// runs commands.
  public static boolean knows(List<String> arguments) {
    if (arguments.isEmpty() || !COMMANDS.contains(arguments.getFirst())) {
      return false;
    }
    var isRuntime = arguments.getFirst().equals("runtime");
    return !isRuntime
        || RuntimeCommands.NAMES.contains(arguments.get(arguments.size() > 1 ? 1 : 0));
  }

  /// Makes the command line.
  ///
  /// @param environment where the profile, the Muster and the token may be named
  /// @param out takes what was asked for, and nothing else
  public static Cli of(
      String version, Map<String, String> environment, Output out, PrintWriter err) {
    var context = new Context(environment, out, err);
    var line =
        new CommandLine(new Root())
            .addSubcommand(new LoginCommands.Login(context))
            .addSubcommand(new LoginCommands.Logout(context))
            .addSubcommand(new LoginCommands.WhoAmI(context))
            .addSubcommand(new WorkspaceCommands(context))
            .addSubcommand(new TaskCommands(context))
            .addSubcommand(new ScheduleCommands(context))
            .addSubcommand(new WebhookCommands(context))
            .addSubcommand(new AgentCommands(context))
            .addSubcommand(new RuntimeCommands(context))
            .addSubcommand(new TokenCommands(context))
            .addSubcommand(new MemberCommands(context))
            .addSubcommand(new EventsCommand(context))
            .addSubcommand(new CompletionCommand(context));
    everywhere(line, context);
    versioned(line, "muster " + version);
    return new Cli(line, context);
  }

  private static void versioned(CommandLine line, String version) {
    line.getCommandSpec().version(version);
    line.getSubcommands().values().forEach(command -> versioned(command, version));
  }

  private static void everywhere(CommandLine line, Context context) {
    line.setOut(context.out());
    line.setErr(context.err());
    line.setColorScheme(CommandLine.Help.defaultColorScheme(Ansi.OFF));
    line.setUsageHelpWidth(100);
    // A title may begin with @, as mentions and paths do: it is no file with arguments.
    line.setExpandAtFiles(false);
    line.setCaseInsensitiveEnumValuesAllowed(true);
    line.setExecutionExceptionHandler((failure, _, _) -> {
      if (failure instanceof Failure known) {
        return context.told(known);
      }
      throw failure;
    });
  }

  /// Runs a command line; returns the exit code.
  public int run(List<String> arguments) {
    var code = line.execute(arguments.toArray(String[]::new));
    context.err().flush();
    if (Failure.isOfOutput(code)) {
      return code;
    }
    try {
      context.out().deliver();
      return code;
    } catch (Failure lost) {
      return context.told(lost);
    }
  }

  @CommandLine.Command(
      name = "muster",
      mixinStandardHelpOptions = true,
      synopsisSubcommandLabel = "COMMAND",
      description = "Works on a Muster over its REST API.")
  private static final class Root implements Runnable {
    @CommandLine.Spec private CommandLine.Model.@org.jspecify.annotations.Nullable CommandSpec spec;

    @Override
    public void run() {
      if (spec != null) {
        throw new CommandLine.ParameterException(spec.commandLine(), "Which command?");
      }
    }
  }
}
