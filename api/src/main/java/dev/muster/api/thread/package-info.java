/// An issue's comments as threads: which of them a reader wants.
@NullMarked
package dev.muster.api.thread;

import org.jspecify.annotations.NullMarked;
