/// The api application: the edge that everything clients speak to.
@NullMarked
package dev.muster.api;

import org.jspecify.annotations.NullMarked;
