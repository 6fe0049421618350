/// The short load that teaches the JVM what a Muster does, for its cache of classes and profiles.
@NullMarked
package dev.muster.standalone.training;

import org.jspecify.annotations.NullMarked;
