/// Lanes: commands that arrive together are one batch, and claims that find nothing wait.
@NullMarked
package dev.muster.tasks.lane;

import org.jspecify.annotations.NullMarked;
