package dev.muster.api.oidc;

import dev.muster.api.oidc.SignInFailed.Reason;
import dev.muster.api.workspace.Members;
import dev.muster.events.id.UserId;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/// Who gets in whom the provider names: somebody who was added, or whom a rule lets in. Roles
/// follow the claims at each sign-in.
@Component
class SignIns {
  private static final Logger log = LoggerFactory.getLogger(SignIns.class);

  private final OidcProperties settings;
  private final List<RoleRule> rules;
  private final People people;
  private final Members members;
  private final SignInTokens tokens;

  SignIns(OidcProperties settings, People people, Members members, SignInTokens tokens) {
    this.settings = settings;
    this.rules = settings.roleRules();
    this.people = people;
    this.members = members;
    this.tokens = tokens;
  }

  /// Lets somebody in. The token is for the page.
  @Transactional(rollbackFor = SignInFailed.class)
  public String signIn(Claims claims, String address) throws SignInFailed {
    var roles = RoleRule.judge(rules, claims.roles());
    var isLetIn = roles.values().stream().anyMatch(Optional::isPresent) || isOfDomain(claims);
    var user = user(claims, isLetIn);
    people.remember(claims, user);
    roles.forEach((workspace, role) -> {
      if (!members.follow(workspace, user, role)) {
        log.atWarn().log("MUSTER_OIDC_ROLES names the workspace {}, and there is none", workspace);
      }
    });
    return tokens.begin(user, address);
  }

  private UserId user(Claims claims, boolean isLetIn) throws SignInFailed {
    var found =
        people
            .known(claims)
            .or(() -> people.added(claims))
            .or(() -> isLetIn ? people.make(claims) : Optional.empty());
    if (found.isPresent()) {
      return found.get();
    }
    var email = claims.email();
    throw email.isEmpty()
        ? new SignInFailed(Reason.NO_EMAIL, claims.subject() + " has no verified address")
        : new SignInFailed(Reason.NOT_KNOWN, email.get().text() + " is not known");
  }

  private boolean isOfDomain(Claims claims) {
    return claims.email().map(email -> settings.domains().contains(email.domain())).orElse(false);
  }
}
