/// Tasks in memory: the second store, for tests of what is decided.
@NullMarked
package dev.muster.tasks.memory;

import org.jspecify.annotations.NullMarked;
