/// The command line for people. Start reading at [dev.muster.cli.Cli].
@NullMarked
package dev.muster.cli;

import org.jspecify.annotations.NullMarked;
