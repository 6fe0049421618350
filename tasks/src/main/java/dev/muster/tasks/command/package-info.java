/// What may be asked of tasks, and what is answered.
@NullMarked
package dev.muster.tasks.command;

import org.jspecify.annotations.NullMarked;
