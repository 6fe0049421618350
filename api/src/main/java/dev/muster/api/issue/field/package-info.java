/// What issues are described and named by: status, priority, assignee, when they are due; which of
/// them are asked for, and in what order.
@NullMarked
package dev.muster.api.issue.field;

import org.jspecify.annotations.NullMarked;
