@NullMarked
package dev.muster.standalone.demo;

import org.jspecify.annotations.NullMarked;
