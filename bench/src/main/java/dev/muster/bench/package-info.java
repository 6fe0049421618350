/// Benchmarks: each is a program that prints what it measured and what it checked.
@NullMarked
package dev.muster.bench;

import org.jspecify.annotations.NullMarked;
