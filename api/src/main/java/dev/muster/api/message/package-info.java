/// The messages of tasks, to read: what their agents have said while they ran.
@NullMarked
package dev.muster.api.message;

import org.jspecify.annotations.NullMarked;
