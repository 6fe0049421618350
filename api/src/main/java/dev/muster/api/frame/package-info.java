/// What dashboards are told: the feed in frames, and which of them a client asks for.
@NullMarked
package dev.muster.api.frame;

import org.jspecify.annotations.NullMarked;
