/// Claims as Multica's daemons of 2026-08 know them: each by an id of its own, with a token for its
/// agent.
@NullMarked
package dev.muster.api.attempt;

import org.jspecify.annotations.NullMarked;
