package dev.muster.standalone.demo;

import java.util.List;

/// A piece of coding work that the demonstration gives away, and what its agent says when it is
/// done.
record Job(String title, String priority, String output) {
  /// Errors that agents meet now and then.
  static final List<String> ERRORS =
      List.of(
          "The build does not compile: cannot find symbol class RetryPolicy",
          "3 tests fail after the change and I could not find out why: CheckoutIT, CartIT, TaxIT",
          "git push was rejected: the branch is protected",
          "The context is full; the change touches more files than I can hold at once");

  static final List<Job> ALL =
      List.of(
          new Job(
              "Fix the login test that fails at random",
              "high",
              "The test waited 200 ms for the redirect. It now waits for the redirect itself; 50 runs in a row are green."),
          new Job(
              "Show the order total with two decimals",
              "medium",
              "Totals are formatted in one place now, OrderTotal. Two snapshots changed as expected."),
          new Job(
              "Add an index for the audit log search",
              "medium",
              "Added a migration with an index on (tenant_id, created_at). The slowest query falls from 900 ms to 4 ms on the test data."),
          new Job(
              "Update the HTTP client to the next major version",
              "low",
              "Updated. Two call sites used the removed timeout setter and have been moved to the new builder."),
          new Job(
              "Remove the unused feature flag new-cart",
              "low",
              "The flag was on everywhere for months. Removed it with the old code path: 412 lines less."),
          new Job(
              "Retry the invoice upload when storage is busy",
              "high",
              "Uploads are tried again three times with growing pauses, and only for 429 and 503. Covered by four tests."),
          new Job(
              "Explain the error when the CSV has no header",
              "medium",
              "The import now names the file and the columns it expected, instead of failing on the first row."),
          new Job(
              "Find out why the nightly export is slow",
              "urgent",
              "The export loaded each customer on its own. It now reads pages of 500; on the test data 14 min become 50 s."),
          new Job(
              "Make the sidebar usable with the keyboard",
              "medium",
              "Entries can be reached with Tab and the arrow keys, and the focus is visible. The accessibility check passes."),
          new Job(
              "Close connections when the worker stops",
              "high",
              "The pool is closed after the last job has finished. A test starts and stops the worker 20 times and finds no open connection."),
          new Job(
              "Write down how to run the project without Docker",
              "none",
              "Added a section to the README, tried on a clean machine."),
          new Job(
              "Reject passwords that are in the leaked list",
              "urgent",
              "Registration and password change both check the list. The message says what to do."),
          new Job(
              "Split the settings page into tabs",
              "low",
              "Three tabs: profile, team, billing. Old links lead to the right tab."),
          new Job(
              "Count webhook deliveries that were given up",
              "medium",
              "Added a counter by endpoint and reason, and a panel in the dashboard definition."));

  /// The job of that title, or one that fits any title.
  static Job of(String title) {
    return ALL.stream()
        .filter(job -> job.title.equals(title))
        .findFirst()
        .orElseGet(() -> new Job(title, "none", "Done: " + title));
  }
}
