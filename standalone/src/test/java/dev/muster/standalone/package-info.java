/// End-to-end tests: real Postgres, real Kafka, api and dispatcher, spoken to from outside.
@NullMarked
package dev.muster.standalone;

import org.jspecify.annotations.NullMarked;
