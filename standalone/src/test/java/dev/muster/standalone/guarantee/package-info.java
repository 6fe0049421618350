/// What Muster promises, as objects: fed with what clients were answered and what the feed tells,
/// each says where its promise was broken.
@NullMarked
package dev.muster.standalone.guarantee;

import org.jspecify.annotations.NullMarked;
