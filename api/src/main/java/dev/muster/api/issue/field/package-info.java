/// What issues are described by: status, priority, when they are due.
@NullMarked
package dev.muster.api.issue.field;

import org.jspecify.annotations.NullMarked;
