# Finds a JDK 25 where java on the PATH is another, and sets JAVA_HOME to it. Sourced by mvnw and muster.
muster_is_jdk25() { [ -x "$1/bin/javac" ] && grep -q '^JAVA_VERSION="25' "$1/release" 2>/dev/null; }
muster_find_jdk25() {
  for candidate in "${JAVA_HOME:-}" "${JAVA25_HOME:-}" \
    "$(command -v javac >/dev/null 2>&1 && dirname "$(dirname "$(readlink -f "$(command -v javac)")")")" \
    "$(/usr/libexec/java_home -v 25 2>/dev/null)" \
    /usr/lib/jvm/* /opt/java/* /opt/jdk* /usr/java/* "${HOME:-}"/.sdkman/candidates/java/* "${HOME:-}"/.jdks/* \
    /Library/Java/JavaVirtualMachines/*/Contents/Home; do
    if [ -n "$candidate" ] && muster_is_jdk25 "$candidate"; then
      JAVA_HOME=$candidate
      export JAVA_HOME
      return 0
    fi
  done
  return 1
}
muster_find_jdk25 || {
  echo "No JDK 25 was found: set JAVA_HOME to one." >&2
  false
}
