/// A runtime that runs any command: claims, runs, streams, reports, and survives its own restart.
@NullMarked
package dev.muster.client.runtime;

import org.jspecify.annotations.NullMarked;
