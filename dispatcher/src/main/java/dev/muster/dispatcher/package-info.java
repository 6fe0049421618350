/// The dispatcher application: consumes the feed, assigns tasks to runtimes, keeps the deadlines.
@NullMarked
package dev.muster.dispatcher;

import org.jspecify.annotations.NullMarked;
