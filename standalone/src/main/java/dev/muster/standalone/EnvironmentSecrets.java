package dev.muster.standalone;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Set;

/// The secrets in this process's environment. What a process was started with stays readable for
/// its user's other processes, as `/proc/<pid>/environ`, and a runtime's commands are such: so they
/// are overwritten where they lie, when Java has its copy.
final class EnvironmentSecrets {
  static final Set<String> NAMES =
      Set.of(
          "MUSTER_TOKEN",
          "MUSTER_API_TOKEN",
          "SPRING_DATASOURCE_PASSWORD",
          "SPRING_DATASOURCE_URL",
          "SPRING_KAFKA_PROPERTIES_SASL_JAAS_CONFIG");

  private EnvironmentSecrets() {}

  /// Overwrites them. Java goes on knowing them, and gives them to the processes it starts, unless
  /// they are taken out.
  static void hide() {
    var linker = Linker.nativeLinker();
    var getenv = linker.defaultLookup().find("getenv");
    if (getenv.isEmpty() || System.getenv().keySet().stream().noneMatch(NAMES::contains)) {
      return;
    }
    var find = handle(linker, getenv.get());
    try (var arena = Arena.ofConfined()) {
      for (var name : NAMES) {
        overwrite(value(find, arena.allocateFrom(name)));
      }
    }
  }

  @SuppressWarnings("restricted")
  private static MethodHandle handle(Linker linker, MemorySegment function) {
    return linker.downcallHandle(
        function, FunctionDescriptor.of(ValueLayout.ADDRESS, ValueLayout.ADDRESS));
  }

  private static MemorySegment value(MethodHandle find, MemorySegment name) {
    try {
      return (MemorySegment) find.invokeExact(name);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  @SuppressWarnings("restricted")
  private static void overwrite(MemorySegment value) {
    if (value.address() == 0) {
      return;
    }
    var text = value.reinterpret(Long.MAX_VALUE);
    for (var i = 0L; text.get(ValueLayout.JAVA_BYTE, i) != 0; i++) {
      text.set(ValueLayout.JAVA_BYTE, i, (byte) 'x');
    }
  }
}
