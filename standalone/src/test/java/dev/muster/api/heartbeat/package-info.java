@NullMarked
package dev.muster.api.heartbeat;

import org.jspecify.annotations.NullMarked;
