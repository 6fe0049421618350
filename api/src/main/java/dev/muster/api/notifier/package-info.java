/// Dashboards, live: sockets per workspace, and what they are told of the feed.
@NullMarked
package dev.muster.api.notifier;

import org.jspecify.annotations.NullMarked;
