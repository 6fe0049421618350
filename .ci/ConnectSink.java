import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.connect.header.ConnectHeaders;
import org.apache.kafka.connect.sink.SinkConnector;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.sink.SinkTask;
import org.apache.kafka.connect.storage.Converter;
import org.apache.kafka.connect.storage.HeaderConverter;
import org.apache.kafka.connect.transforms.Transformation;

/// What a Kafka Connect worker does with the connector's configuration that is documented: reads the feed, converts and
/// transforms each record, and gives it to the connector's own task, twice, as after a crash.
/// Takes Kafka's address, the configuration's file, the JDBC URL of a Postgres, and the files with the table and the query.
void main(String[] arguments) throws Exception {
  var configuration = new Properties();
  try (var file = Files.newBufferedReader(Path.of(arguments[1]))) {
    configuration.load(file);
  }
  var settings = new HashMap<String, String>();
  configuration.stringPropertyNames().forEach(name -> settings.put(name, configuration.getProperty(name)));
  var muster = URI.create(arguments[2].substring("jdbc:".length()));
  var login = new HashMap<String, String>();
  for (var parameter : muster.getQuery().split("&")) login.put(parameter.split("=", 2)[0], parameter.split("=", 2)[1]);
  var server = "jdbc:postgresql://" + muster.getAuthority() + "/";
  settings.put("connection.url", server + DATABASE + "?" + settings.get("connection.url").split("\\?", 2)[1]);
  settings.put("connection.username", login.get("user"));
  settings.put("connection.password", login.get("password"));
  execute(server + muster.getPath().substring(1), login, "DROP DATABASE IF EXISTS " + DATABASE + " WITH (FORCE)");
  execute(server + muster.getPath().substring(1), login, "CREATE DATABASE " + DATABASE);
  execute(server + DATABASE, login, Files.readString(Path.of(arguments[3])).replaceFirst("(?s).*```sql\n(CREATE TABLE muster_events.*?)```.*", "$1"));
  var records = new ArrayList<SinkRecord>();
  var converter = (Converter) make(settings.get("value.converter"));
  converter.configure(Map.of("schemas.enable", "false"), false);
  var headers = (HeaderConverter) make(settings.get("header.converter"));
  headers.configure(Map.of("converter.type", "header"));
  var transforms = new ArrayList<Transformation<SinkRecord>>();
  for (var name : settings.get("transforms").split(",")) {
    var prefix = "transforms." + name + ".";
    var own = new HashMap<String, String>();
    settings.forEach((key, value) -> {
      if (key.startsWith(prefix)) own.put(key.substring(prefix.length()), value);
    });
    @SuppressWarnings("unchecked")
    var transform = (Transformation<SinkRecord>) make(own.get("type"));
    transform.configure(own);
    transforms.add(transform);
  }
  for (var record : all(arguments[0], settings)) {
    var value = converter.toConnectData(record.topic(), record.value());
    var said = new ConnectHeaders();
    record.headers().forEach(h -> said.add(h.key(), headers.toConnectHeader(record.topic(), h.key(), h.value())));
    var sink =
        new SinkRecord(record.topic(), record.partition(), null, null, value.schema(), value.value(), record.offset(),
            record.timestamp(), TimestampType.CREATE_TIME, said);
    for (var transform : transforms) sink = transform.apply(sink);
    records.add(sink);
  }
  var connector = (SinkConnector) make(settings.get("connector.class"));
  connector.start(settings);
  for (var times = 0; times < 2; times++) {
    var task = (SinkTask) connector.taskClass().getDeclaredConstructor().newInstance();
    task.initialize((org.apache.kafka.connect.sink.SinkTaskContext)
        java.lang.reflect.Proxy.newProxyInstance(SinkTask.class.getClassLoader(),
            new Class<?>[] {org.apache.kafka.connect.sink.SinkTaskContext.class},
            (_, method, _) -> method.getName().equals("configs") ? settings : method.getName().equals("assignment") ? java.util.Set.of() : null));
    task.start(connector.taskConfigs(1).getFirst());
    task.put(records);
    task.flush(new HashMap<>());
    task.stop();
  }
  var rows = number(server + DATABASE, login, "SELECT count(*) FROM muster_events WHERE ce_type LIKE 'dev.muster.%' AND value IS NOT NULL");
  var agents = number(server + DATABASE, login, "SELECT count(*) FROM (" + Files.readString(Path.of(arguments[4])) + ") AS agents");
  IO.println(records.size() + " records, " + rows + " rows, durations of " + agents + " agents");
  System.exit(!records.isEmpty() && records.size() == rows && agents > 0 ? 0 : 1);
}

void execute(String url, Map<String, String> login, String sql) throws SQLException {
  try (var db = DriverManager.getConnection(url, login.get("user"), login.get("password")); var statement = db.createStatement()) {
    statement.execute(sql);
  }
}

long number(String url, Map<String, String> login, String sql) throws SQLException {
  try (var db = DriverManager.getConnection(url, login.get("user"), login.get("password"));
      var rows = db.createStatement().executeQuery(sql)) {
    rows.next();
    return rows.getLong(1);
  }
}

static final String DATABASE = "connect_check";

Object make(String type) throws Exception {
  return Class.forName(type).getDeclaredConstructor().newInstance();
}

List<ConsumerRecord<byte[], byte[]>> all(String kafka, Map<String, String> settings) {
  var records = new ArrayList<ConsumerRecord<byte[], byte[]>>();
  var bytes = new ByteArrayDeserializer();
  Map<String, Object> consuming =
      Map.of("bootstrap.servers", kafka, "isolation.level", settings.get("consumer.override.isolation.level"));
  try (var consumer = new KafkaConsumer<>(consuming, bytes, bytes)) {
    var partitions =
        consumer.partitionsFor(settings.get("topics")).stream().map(i -> new TopicPartition(i.topic(), i.partition())).toList();
    consumer.assign(partitions);
    consumer.seekToBeginning(partitions);
    var ends = consumer.endOffsets(partitions);
    while (partitions.stream().anyMatch(p -> consumer.position(p) < ends.get(p))) consumer.poll(Duration.ofMillis(200)).forEach(records::add);
  }
  return records;
}
