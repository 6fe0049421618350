package dev.muster.api.edge;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// A parameter read from the request's body, as the seed reads bodies: whatever the content type
/// says, the first JSON value only, `null` as an empty object, bytes that are not UTF-8 replaced.
///
/// Bad JSON, an empty body or a wrong type is 400 `invalid request body`; a body over the limit is
/// 413.
@Target(ElementType.PARAMETER)
@Retention(RetentionPolicy.RUNTIME)
public @interface JsonBody {
  /// The largest body, in bytes. One that may be larger than the usual is parsed while it comes,
  /// and each text in it is shortened to [Limits#OUTPUT].
  int maxBytes() default Limits.BODY_BYTES;

  /// Whether a body that is larger than the usual may have many long texts, and not a few.
  boolean manyTexts() default false;

  /// Whether the value must be the whole body: anything after it is 400.
  boolean whole() default false;
}
