package dev.muster.cli;

import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "completion",
    mixinStandardHelpOptions = true,
    description = "Prints what a shell needs to complete commands.",
    footer = {
      "",
      "  bash, zsh:  source <(muster completion bash)",
      "  fish:       muster completion fish | source"
    })
final class CompletionCommand implements Callable<Integer> {
  /// The shells; zsh reads what bash does.
  enum Shell {
    bash,
    zsh,
    fish
  }

  private final Context context;

  @Spec private @Nullable CommandSpec spec;

  @Parameters(paramLabel = "SHELL", description = "${COMPLETION-CANDIDATES}")
  private Shell shell = Shell.bash;

  CompletionCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() {
    var root = Objects.requireNonNull(spec).root().commandLine();
    context
        .out()
        .print(
            switch (shell) {
              case bash, zsh -> AutoComplete.bash("muster", root);
              case fish -> fish(root);
            });
    return 0;
  }

  private static String fish(CommandLine root) {
    var script = new StringBuilder("complete -c muster -f\n");
    root.getSubcommands()
        .forEach((name, command) -> {
          line(script, "__fish_use_subcommand", name, command);
          var condition = "__fish_seen_subcommand_from " + name;
          command.getSubcommands().forEach((inner, of) -> line(script, condition, inner, of));
        });
    return script.toString();
  }

  private static void line(
      StringBuilder script, String condition, String name, CommandLine command) {
    var description = command.getCommandSpec().usageMessage().description();
    var first = description.length == 0 ? "" : description[0].replace("'", "\\'");
    script.append("complete -c muster -n '%s' -a %s -d '%s'%n".formatted(condition, name, first));
  }
}
