# One image, two roles by its command: `api` and `dispatcher`. Needs the jar of `./mvnw -DskipTests package`.
FROM eclipse-temurin:25-jre AS layers
WORKDIR /layers
COPY standalone/target/muster-standalone-*-exec.jar /muster-exec.jar
# A container runs on servers of its own: Postgres' binaries, three quarters of the jar, stay out of the image.
RUN java -Djarmode=tools -jar /muster-exec.jar extract --layers --application-filename muster.jar --destination . \
 && rm -f dependencies/lib/embedded-postgres-binaries-*.jar

FROM eclipse-temurin:25-jre
RUN groupadd --system --gid 10001 muster \
 && useradd --system --uid 10001 --gid muster --home-dir /muster --no-create-home --shell /usr/sbin/nologin muster
WORKDIR /muster
# What changes least comes first, so that a new version of Muster is one small layer.
COPY --from=layers /layers/dependencies/ ./
COPY --from=layers /layers/spring-boot-loader/ ./
COPY --from=layers /layers/snapshot-dependencies/ ./
COPY --from=layers /layers/application/ ./
USER muster
EXPOSE 8080
# Bash alone: the public image has no curl.
HEALTHCHECK --interval=5s --timeout=4s --start-period=60s --retries=6 CMD ["bash", "-c", \
  "exec 3<>/dev/tcp/127.0.0.1/${SERVER_PORT:-8080} && printf 'GET /health HTTP/1.1\\r\\nHost: localhost\\r\\nConnection: close\\r\\n\\r\\n' >&3 && read -r -t 3 answer <&3 && [[ $answer == 'HTTP/1.1 200'* ]]"]
# Without memory the JVM ends, and the container is started again: a half-dead thread would go unnoticed.
ENTRYPOINT ["java", "-XX:MaxRAMPercentage=60", "-XX:+ExitOnOutOfMemoryError", "--enable-native-access=ALL-UNNAMED", \
  "--sun-misc-unsafe-memory-access=allow", "-jar", "muster.jar"]
CMD ["help"]
