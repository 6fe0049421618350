/// Who changed what in a workspace: its settings, and whoever and whatever works in it.
@NullMarked
package dev.muster.api.audit;

import org.jspecify.annotations.NullMarked;
