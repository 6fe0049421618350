/// The sockets over which daemons are told at once that there is work, and send their heartbeats.
@NullMarked
package dev.muster.api.daemon;

import org.jspecify.annotations.NullMarked;
