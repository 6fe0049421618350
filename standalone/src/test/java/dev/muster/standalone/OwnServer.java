package dev.muster.standalone;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// A Muster of a test's own, in a process and on data of its own: empty when it is started first.
record OwnServer(Api api, JavaPart process) {
  static OwnServer in(Path data) throws IOException {
    var port = Ports.free();
    var api = new Api("http://localhost:" + port, TestMuster.OWNER_TOKEN);
    var command =
        new JavaPart.Command(
            List.of("-Xmx512m", "-XX:+UseSerialGC"),
            List.of("dev.muster.standalone.Main", "start"),
            Map.of(
                "SERVER_PORT", Integer.toString(port),
                "MUSTER_KAFKA_PORT", Integer.toString(Ports.free()),
                "MUSTER_DATA", data.resolve("data").toString(),
                "MUSTER_TOKEN", TestMuster.OWNER_TOKEN));
    return new OwnServer(
        api,
        new JavaPart(
            command, data.resolve("muster.log"), () -> api.get("/health").status() == 200));
  }
}
