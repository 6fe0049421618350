/// Tests of the feed's reader, from inside of its package.
@NullMarked
package dev.muster.api.feed;

import org.jspecify.annotations.NullMarked;
