/// What every store needs of JDBC: rows as records, without nulls where there are none.
@NullMarked
package dev.muster.events.sql;

import org.jspecify.annotations.NullMarked;
