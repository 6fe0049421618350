/// Signs of life: heartbeats, the processes and identities behind them, and runtimes that go
/// offline.
@NullMarked
package dev.muster.api.heartbeat;

import org.jspecify.annotations.NullMarked;
