/// The decisions about tasks: pure functions over what was loaded for a batch of commands.
@NullMarked
package dev.muster.tasks.decide;

import org.jspecify.annotations.NullMarked;
