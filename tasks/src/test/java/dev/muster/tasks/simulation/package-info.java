/// Dispatching under every fault that can be thought of, in virtual time.
@NullMarked
package dev.muster.tasks.simulation;

import org.jspecify.annotations.NullMarked;
