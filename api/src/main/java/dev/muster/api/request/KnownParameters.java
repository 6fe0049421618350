package dev.muster.api.request;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// The parameters of a query that a route reads besides those it declares with `@RequestParam`; of
/// an argument's type, those that are read for it.
@Target({ElementType.METHOD, ElementType.TYPE})
@Retention(RetentionPolicy.RUNTIME)
public @interface KnownParameters {
  String[] value();

  /// Whether a parameter may have no value: then the route says what it makes of that.
  boolean mayBeEmpty() default false;
}
