package dev.muster.standalone.fault;

/// What becomes of a call on its way through a [FaultProxy].
public enum Fate {
  /// It arrives, and so does its answer.
  PASSED,
  /// It never arrives; the connection is closed.
  REQUEST_LOST,
  /// The server does it and answers, and the answer never arrives; the connection is closed.
  ANSWER_LOST,
  /// The server gets it twice, one after the other; the client gets the first answer.
  SENT_TWICE,
  /// It arrives late.
  LATE
}
