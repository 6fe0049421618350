/// An issue's comments as threads: which of them a reader wants, and where an agent may answer.
@NullMarked
package dev.muster.api.thread;

import org.jspecify.annotations.NullMarked;
