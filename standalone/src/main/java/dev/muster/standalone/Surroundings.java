package dev.muster.standalone;

import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/// The environment variables of this process, without those that Kubernetes sets in each container
/// for the services of its namespace. A service of the name `muster-api` makes a
/// `MUSTER_API_SERVICE_HOST`, and one of the name `muster-kafka` a `MUSTER_KAFKA_PORT` that holds
/// `tcp://…`: neither is a setting.
final class Surroundings {
  private static final Pattern NAME =
      Pattern.compile(
          "[A-Z0-9_]+_(SERVICE_HOST|SERVICE_PORT(_[A-Z0-9_]+)?|PORT_\\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)");
  private static final Pattern ADDRESS = Pattern.compile("(tcp|udp|sctp)://.*");

  private Surroundings() {}

  static Map<String, String> own() {
    return own(System.getenv());
  }

  static Map<String, String> own(Map<String, String> environment) {
    var own = new HashMap<>(environment);
    own.entrySet().removeIf(variable -> isOfService(variable.getKey(), variable.getValue()));
    return Map.copyOf(own);
  }

  private static boolean isOfService(String name, String value) {
    return NAME.matcher(name).matches()
        || (name.endsWith("_PORT") && ADDRESS.matcher(value).matches());
  }

  /// Has an application see these variables and no others.
  static void replace(ConfigurableApplicationContext context) {
    var sources = context.getEnvironment().getPropertySources();
    var name = StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME;
    if (sources.contains(name)) {
      sources.replace(name, new SystemEnvironmentPropertySource(name, Map.copyOf(own())));
    }
  }
}
