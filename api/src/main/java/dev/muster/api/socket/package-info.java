/// How an HTTP request becomes a WebSocket.
@NullMarked
package dev.muster.api.socket;

import org.jspecify.annotations.NullMarked;
