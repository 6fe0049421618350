/// Simulated daemons that speak the seed's protocol, and a demonstration that puts them to work.
@NullMarked
package dev.muster.standalone.demo;

import org.jspecify.annotations.NullMarked;
