package dev.muster.events.task;

import static org.assertj.core.api.Assertions.assertThat;

import dev.muster.events.task.Outcome.Moves;
import dev.muster.events.task.Outcome.Taken;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// The whole table of what each command does, once as a text that people can read, and what must be
/// true of it however it is changed.
class CommandTest {
  /// What the server does by itself, without anybody who asks for it.
  private static final Set<Command> OF_THE_SERVER =
      EnumSet.of(
          Command.ASSIGN,
          Command.TAKE_BACK,
          Command.FINISH_CANCEL,
          Command.LOSE,
          Command.OVERRUN,
          Command.IDLE,
          Command.EXPIRE);

  /// One standing in two: with attempts left and without.
  private enum Column {
    QUEUED(TaskState.QUEUED, false),
    DISPATCHED(TaskState.DISPATCHED, false),
    RUNNING(TaskState.RUNNING, false),
    CANCELLING(TaskState.RUNNING, true),
    COMPLETED(TaskState.COMPLETED, false),
    FAILED(TaskState.FAILED, false),
    CANCELLED(TaskState.CANCELLED, false);

    private final TaskState state;
    private final boolean cancelRequested;

    Column(TaskState state, boolean cancelRequested) {
      this.state = state;
      this.cancelRequested = cancelRequested;
    }

    Standing standing(boolean attemptsLeft) {
      return new Standing(state, cancelRequested, attemptsLeft);
    }

    Stream<Standing> standings() {
      return Stream.of(standing(true), standing(false));
    }

    String cell(Command command, Generation generation) {
      return standings()
          .map(standing -> word(command.on(standing, generation)))
          .distinct()
          .collect(Collectors.joining("|"));
    }
  }

  private static String word(Outcome outcome) {
    return switch (outcome) {
      case Outcome.Moves(var next) -> ">" + next.wire();
      case Outcome.Taken _ -> "taken";
      case Outcome.Repeated _ -> "repeated";
      case Outcome.Late _ -> "late";
      case Outcome.Fenced _ -> "fenced";
      case Outcome.Refused _ -> ".";
    };
  }

  private static String table() {
    var lines = new ArrayList<String>();
    for (var generation : Generation.values()) {
      lines.add(
          line(
              generation.name(),
              Arrays.stream(Column.values())
                  .map(column -> column.name().toLowerCase(Locale.ROOT))));
      for (var command : Command.values()) {
        if (generation == Generation.NONE || command.isFenced()) {
          lines.add(
              line(
                  command.name().toLowerCase(Locale.ROOT),
                  Arrays.stream(Column.values()).map(column -> column.cell(command, generation))));
        }
      }
      lines.add("");
    }
    return String.join("\n", lines);
  }

  private static String line(String head, Stream<String> cells) {
    return ("%-19s".formatted(head) + cells.map("%-16s"::formatted).collect(Collectors.joining()))
        .stripTrailing();
  }

  /// A cell with two words says what happens with attempts left, and what on the last one. A dot is
  /// a refusal.
  @Test
  void theTableIsThisOne() {
    assertThat(table())
        .isEqualTo(
            """
            NONE               queued          dispatched      running         cancelling      completed       failed          cancelled
            assign             >queued         .               .               .               .               .               .
            take_back          >queued         .               .               .               .               .               .
            claim              >dispatched     .               .               .               .               .               .
            deliver_again      .               >dispatched     .               .               .               .               .
            prepare            .               taken           repeated        repeated        .               .               .
            start              .               >running        repeated        repeated        .               .               .
            write              .               taken           taken           taken           late            late            late
            complete           .               .               >completed      >cancelled      late            late            late
            fail               .               >failed         >failed         >cancelled      late            late            late
            fail_retried       repeated        >queued|>failed >queued|>failed >cancelled      late            late            late
            release            repeated        >queued         >queued         >cancelled      late            late            late
            acknowledge_cancel .               .               .               >cancelled      late            late            late
            cancel             >cancelled      >cancelled      >running        repeated        .               .               repeated
            finish_cancel      .               .               .               >cancelled      .               .               .
            lose               .               >queued|>failed >queued|>failed >cancelled      .               .               .
            overrun            .               .               >failed         >cancelled      .               .               .
            idle               .               .               >queued|>failed >cancelled      .               .               .
            expire             >failed         .               .               .               .               .               .

            CURRENT            queued          dispatched      running         cancelling      completed       failed          cancelled
            prepare            fenced          taken           repeated        repeated        fenced          fenced          fenced
            start              fenced          >running        repeated        repeated        fenced          fenced          fenced
            write              fenced          taken           taken           taken           late            late            late
            complete           fenced          .               >completed      >cancelled      late            late            late
            fail               fenced          >failed         >failed         >cancelled      late            late            late
            fail_retried       repeated        >queued|>failed >queued|>failed >cancelled      late            late            late
            release            repeated        >queued         >queued         >cancelled      late            late            late
            acknowledge_cancel fenced          .               .               >cancelled      late            late            late

            OLD                queued          dispatched      running         cancelling      completed       failed          cancelled
            prepare            fenced          fenced          fenced          fenced          fenced          fenced          fenced
            start              fenced          fenced          fenced          fenced          fenced          fenced          fenced
            write              fenced          fenced          fenced          fenced          fenced          fenced          fenced
            complete           fenced          fenced          fenced          fenced          fenced          fenced          fenced
            fail               fenced          fenced          fenced          fenced          fenced          fenced          fenced
            fail_retried       fenced          fenced          fenced          fenced          fenced          fenced          fenced
            release            fenced          fenced          fenced          fenced          fenced          fenced          fenced
            acknowledge_cancel fenced          fenced          fenced          fenced          fenced          fenced          fenced
            """);
  }

  private record Triple(Standing standing, Command command, Generation generation) {
    Outcome outcome() {
      return command.on(standing, generation);
    }
  }

  private static List<Triple> triples() {
    return Arrays.stream(Column.values())
        .flatMap(Column::standings)
        .flatMap(standing ->
            Arrays.stream(Command.values())
                .flatMap(command ->
                    Arrays.stream(Generation.values())
                        .map(generation -> new Triple(standing, command, generation))))
        .toList();
  }

  @Test
  void everyMoveIsLegal() {
    assertThat(triples())
        .allSatisfy(triple -> {
          if (triple.outcome() instanceof Moves(var next)) {
            assertThat(triple.standing().state().canBecome(next)).isTrue();
          }
        });
  }

  @Test
  void nothingChangesATaskThatIsOver() {
    assertThat(triples())
        .filteredOn(triple -> triple.standing().state().isFinal())
        .allSatisfy(CommandTest::changesNothing);
  }

  @Test
  void noWriteOfAnEndedClaimChangesAnything() {
    assertThat(triples())
        .filteredOn(triple -> triple.command().isFenced())
        .filteredOn(triple -> triple.generation() == Generation.OLD)
        .allSatisfy(CommandTest::changesNothing);
  }

  /// In the queue nobody holds the task, whatever a writer believes.
  @Test
  void noWriteChangesATaskThatNobodyHolds() {
    assertThat(triples())
        .filteredOn(triple -> triple.command().isFenced())
        .filteredOn(triple -> triple.standing().state() == TaskState.QUEUED)
        .allSatisfy(CommandTest::changesNothing);
  }

  private static void changesNothing(Triple triple) {
    assertThat(triple.outcome()).isNotInstanceOfAny(Moves.class, Taken.class);
  }

  @Test
  void theGenerationIsNothingToThoseWhoHoldNoClaim() {
    assertThat(triples())
        .filteredOn(triple -> !triple.command().isFenced())
        .allSatisfy(triple ->
            assertThat(triple.outcome())
                .isEqualTo(triple.command().on(triple.standing(), Generation.NONE)));
  }

  /// Who sends no generation can do what the holder can, and no more, while there is a holder.
  @Test
  void sendingTheCurrentGenerationIsWorthAsMuchAsSendingNone() {
    assertThat(triples())
        .filteredOn(triple -> triple.generation() == Generation.CURRENT)
        .filteredOn(triple -> triple.standing().state() != TaskState.QUEUED)
        .filteredOn(triple -> !triple.standing().state().isFinal())
        .allSatisfy(triple ->
            assertThat(triple.outcome())
                .isEqualTo(triple.command().on(triple.standing(), Generation.NONE)));
  }

  @Test
  void aTaskWhoseEndWasAskedForEndsAsCancelledOrGoesOn() {
    assertThat(triples())
        .filteredOn(triple -> triple.standing().cancelRequested())
        .extracting(Triple::outcome)
        .filteredOn(Moves.class::isInstance)
        .containsOnly(new Moves(TaskState.CANCELLED));
  }

  @Test
  void theServerByItselfGetsATaskOutOfEveryStateThatIsNotFinal() {
    assertThat(Arrays.stream(Column.values()).flatMap(Column::standings))
        .filteredOn(standing -> !standing.state().isFinal())
        .allSatisfy(standing ->
            assertThat(OF_THE_SERVER)
                .anySatisfy(command -> {
                  assertThat(command.on(standing, Generation.NONE)).isInstanceOf(Moves.class);
                  assertThat(command.on(standing, Generation.NONE))
                      .isNotEqualTo(new Moves(standing.state()));
                }));
  }

  /// A write that was answered may have lost its answer, so it is made again.
  @Test
  void aReportThatIsMadeAgainIsAnsweredLikeTheFirstAndChangesNothing() {
    assertThat(triples())
        .filteredOn(triple -> triple.generation() == Generation.NONE)
        .filteredOn(triple -> triple.command().isFenced())
        .allSatisfy(triple -> {
          if (triple.outcome() instanceof Moves(var next)) {
            var then = new Standing(next, false, triple.standing().attemptsLeft());
            var again = triple.command().on(then, Generation.NONE);
            if (next != TaskState.QUEUED || triple.command() == Command.RELEASE) {
              assertThat(again).isInstanceOfAny(Outcome.Repeated.class, Outcome.Late.class);
            }
          }
        });
  }

  @Test
  void whatWasTakenBackCanBeEndedByItsLastClaimAlone() {
    var waits = new Standing(TaskState.QUEUED, false, true, true);

    assertThat(
            Arrays.stream(Command.values())
                .filter(Command::isFenced)
                .map(command -> command + " " + word(command.on(waits, Generation.CURRENT)))
                .toList())
        .containsExactly(
            "PREPARE fenced",
            "START fenced",
            "WRITE fenced",
            "COMPLETE >completed",
            "FAIL >failed",
            "FAIL_RETRIED repeated",
            "RELEASE repeated",
            "ACKNOWLEDGE_CANCEL fenced");
    assertThat(Command.COMPLETE.on(waits, Generation.NONE)).isInstanceOf(Outcome.Refused.class);
    assertThat(Command.COMPLETE.on(waits, Generation.OLD)).isInstanceOf(Outcome.Fenced.class);
  }
}
