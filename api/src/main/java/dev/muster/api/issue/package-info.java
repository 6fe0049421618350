/// Issues and the comments on them, and what either gives to agents to do.
@NullMarked
package dev.muster.api.issue;

import org.jspecify.annotations.NullMarked;
