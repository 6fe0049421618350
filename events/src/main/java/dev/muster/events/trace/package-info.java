/// The traces of this process: made only where there is an endpoint to export them to.
@NullMarked
package dev.muster.events.trace;

import org.jspecify.annotations.NullMarked;
