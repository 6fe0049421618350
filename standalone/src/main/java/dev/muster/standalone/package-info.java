/// All of Muster in one process: embedded servers, api and dispatcher, wired by properties alone.
@NullMarked
package dev.muster.standalone;

import org.jspecify.annotations.NullMarked;
