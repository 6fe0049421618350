/// Tools for whoever runs Muster: checks that the feed holds what it promises, and writes a part of
/// it again.
@NullMarked
package dev.muster.standalone.feed;

import org.jspecify.annotations.NullMarked;
