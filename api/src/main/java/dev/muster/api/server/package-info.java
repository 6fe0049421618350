/// The web server: its connections, what it refuses by itself, and whether it is alive and ready.
@NullMarked
package dev.muster.api.server;

import org.jspecify.annotations.NullMarked;
