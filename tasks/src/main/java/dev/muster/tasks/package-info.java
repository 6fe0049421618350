/// The task's home: the beans of everything that decides about tasks and writes their rows.
@NullMarked
package dev.muster.tasks;

import org.jspecify.annotations.NullMarked;
