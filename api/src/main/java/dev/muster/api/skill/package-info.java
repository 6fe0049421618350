/// Skills: texts and files that a workspace gives to its agents.
@NullMarked
package dev.muster.api.skill;

import org.jspecify.annotations.NullMarked;
