/// The list of a workspace's tasks: what it is narrowed to, and searched for.
@NullMarked
package dev.muster.api.search;

import org.jspecify.annotations.NullMarked;
