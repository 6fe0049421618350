/// Tests of the reference runtime, with real processes and a server that can fail on demand.
@NullMarked
package dev.muster.client.runtime;

import org.jspecify.annotations.NullMarked;
