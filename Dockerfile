# One image, two roles by its command: `api` and `dispatcher`. Needs the jar of `./mvnw -DskipTests package`.
FROM eclipse-temurin:25-jre AS layers
WORKDIR /layers
COPY standalone/target/muster-standalone-*-exec.jar /muster-exec.jar
# A container runs on servers of its own: Postgres' binaries, three quarters of the jar, stay out of the image.
RUN java -Djarmode=tools -jar /muster-exec.jar extract --layers --application-filename muster.jar --destination . \
 && rm -f dependencies/lib/embedded-postgres-binaries-*.jar

FROM eclipse-temurin:25-jre AS untrained
RUN groupadd --system --gid 10001 muster \
 && useradd --system --uid 10001 --gid muster --home-dir /muster --no-create-home --shell /usr/sbin/nologin muster
WORKDIR /muster
# What changes least comes first, so that a new version of Muster is one small layer.
COPY --from=layers /layers/dependencies/ ./
COPY --from=layers /layers/spring-boot-loader/ ./
COPY --from=layers /layers/snapshot-dependencies/ ./
COPY --from=layers /layers/application/ ./
USER muster

# The JVM's cache of classes and of how methods are used, from a minute's work. It serves the jars it was made with alone, so
# the Muster that works has no Postgres: another, whole one brings the servers. Without a cache the image starts slower.
FROM untrained AS trained
COPY --from=layers /muster-exec.jar /muster-exec.jar
RUN { MUSTER_DATA=/tmp/servers SERVER_PORT=0 java -jar /muster-exec.jar start >/tmp/log 2>&1 & } \
 && for second in $(seq 180); do [ -s /tmp/servers/kafka.address ] && break; sleep 1; done; \
    { SPRING_DATASOURCE_URL="$(cat /tmp/servers/postgres.url)" SPRING_KAFKA_BOOTSTRAP_SERVERS="$(cat /tmp/servers/kafka.address)" \
      MUSTER_DATA=/tmp/trained timeout 600 java -XX:AOTMode=record -XX:AOTConfiguration=/tmp/used -Xlog:disable -Xlog:all=error \
      -XX:+UseSerialGC -Xmx640m --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow -jar muster.jar train \
   && timeout 600 java -XX:AOTMode=create -XX:AOTConfiguration=/tmp/used -XX:AOTCache=/tmp/muster.aot -Xlog:disable -Xlog:all=error \
      -XX:+UseSerialGC -Xmx640m --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow -jar muster.jar; } \
 || { cat /tmp/log; echo "The JVM could not be trained: the image works, and starts slower." >&2; : >/tmp/muster.aot; }

FROM untrained
COPY --from=trained /tmp/muster.aot ./
EXPOSE 8080
# Bash alone: the public image has no curl.
HEALTHCHECK --interval=5s --timeout=4s --start-period=60s --retries=6 CMD ["bash", "-c", \
  "exec 3<>/dev/tcp/127.0.0.1/${SERVER_PORT:-8080} && printf 'GET /health HTTP/1.1\\r\\nHost: localhost\\r\\nConnection: close\\r\\n\\r\\n' >&3 && read -r -t 3 answer <&3 && [[ $answer == 'HTTP/1.1 200'* ]]"]
# Without memory the JVM ends, and the container is started again: a half-dead thread would go unnoticed.
ENTRYPOINT ["java", "-XX:AOTCache=muster.aot", "-Xlog:aot*=off", "-XX:MaxRAMPercentage=60", "-XX:+ExitOnOutOfMemoryError", \
  "-XX:+UseSerialGC", "--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow", "-jar", "muster.jar"]
CMD ["help"]
