package dev.muster.standalone;

import dev.muster.events.FeedNames;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.common.Endpoint;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclBindingFilter;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.errors.SecurityDisabledException;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.common.security.auth.KafkaPrincipal;
import org.apache.kafka.server.authorizer.AclCreateResult;
import org.apache.kafka.server.authorizer.AclDeleteResult;
import org.apache.kafka.server.authorizer.Action;
import org.apache.kafka.server.authorizer.AuthorizableRequestContext;
import org.apache.kafka.server.authorizer.AuthorizationResult;
import org.apache.kafka.server.authorizer.Authorizer;
import org.apache.kafka.server.authorizer.AuthorizerServerInfo;

/// Who may do what at the embedded broker: Muster everything, and whoever else is on this machine
/// may read the topics, in groups that are not Muster's. The rule is this class, so there are no
/// lists to keep, and none to change.
///
/// Public, and made by Kafka, which knows it by its name.
public final class BrokerAccess implements Authorizer {
  private static final KafkaPrincipal MUSTER =
      new KafkaPrincipal(KafkaPrincipal.USER_TYPE, BrokerLogin.USER);

  /// Topics that hold what Kafka writes for itself.
  private static final String OF_KAFKA = "__";

  /// What the broker is told of the names of Muster's groups.
  static final String PREFIX_SETTING = "muster.feed.prefix";

  // Set by Kafka before it asks.
  private volatile FeedNames names = FeedNames.DEFAULT;

  @Override
  public void configure(Map<String, ?> settings) {
    if (settings.get(PREFIX_SETTING) instanceof String prefix) {
      names = new FeedNames(prefix);
    }
  }

  @Override
  public Map<Endpoint, ? extends CompletionStage<Void>> start(AuthorizerServerInfo server) {
    return server.endpoints().stream()
        .collect(
            Collectors.toMap(
                Function.identity(), _ -> CompletableFuture.<Void>completedFuture(null)));
  }

  @Override
  public List<AuthorizationResult> authorize(
      AuthorizableRequestContext context, List<Action> actions) {
    return actions.stream()
        .map(action -> permits(context.principal(), action.operation(), action.resourcePattern()))
        .map(BrokerAccess::result)
        .toList();
  }

  /// The default asks for lists.
  @Override
  public AuthorizationResult authorizeByResourceType(
      AuthorizableRequestContext context, AclOperation operation, ResourceType type) {
    return result(MUSTER.equals(context.principal()));
  }

  private static AuthorizationResult result(boolean isPermitted) {
    return isPermitted ? AuthorizationResult.ALLOWED : AuthorizationResult.DENIED;
  }

  boolean permits(KafkaPrincipal who, AclOperation operation, ResourcePattern what) {
    return MUSTER.equals(who) || permitsAnybody(operation, what);
  }

  private boolean permitsAnybody(AclOperation operation, ResourcePattern what) {
    var isLook = operation == AclOperation.DESCRIBE || operation == AclOperation.DESCRIBE_CONFIGS;
    var isRead = isLook || operation == AclOperation.READ;
    return switch (what.resourceType()) {
      case TOPIC -> isRead && !what.name().startsWith(OF_KAFKA);
      case GROUP -> isRead && !names.isOurGroup(what.name());
      case CLUSTER -> isLook;
      case UNKNOWN, ANY, TRANSACTIONAL_ID, DELEGATION_TOKEN, USER -> false;
    };
  }

  @Override
  public List<? extends CompletionStage<AclCreateResult>> createAcls(
      AuthorizableRequestContext context, List<AclBinding> bindings) {
    throw noLists();
  }

  @Override
  public List<? extends CompletionStage<AclDeleteResult>> deleteAcls(
      AuthorizableRequestContext context, List<AclBindingFilter> filters) {
    throw noLists();
  }

  @Override
  public Iterable<AclBinding> acls(AclBindingFilter filter) {
    throw noLists();
  }

  private static SecurityDisabledException noLists() {
    return new SecurityDisabledException("Muster's embedded broker has one rule and no lists.");
  }

  @Override
  public void close() {}
}
