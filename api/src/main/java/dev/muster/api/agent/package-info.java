/// Agents: who does the work, where it may run, and when it is given to them.
@NullMarked
package dev.muster.api.agent;

import org.jspecify.annotations.NullMarked;
