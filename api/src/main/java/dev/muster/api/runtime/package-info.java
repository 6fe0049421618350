/// Runtimes: what daemons register, how they stay alive, and what people see of them.
@NullMarked
package dev.muster.api.runtime;

import org.jspecify.annotations.NullMarked;
