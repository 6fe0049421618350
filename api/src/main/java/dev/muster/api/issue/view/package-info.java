/// Issues and comments as clients and events see them.
@NullMarked
package dev.muster.api.issue.view;

import org.jspecify.annotations.NullMarked;
