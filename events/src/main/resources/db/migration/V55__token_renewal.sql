-- A token that lives for long may be renewed while it is valid, by as much as it was made for: what that was is kept apart, since
-- each renewal moves the end. One that a person has got for a login may make another that lives as long as the person's own token.
ALTER TABLE access_token
  ADD lifetime    interval,
  ADD is_login    boolean NOT NULL DEFAULT false,
  ADD login_until timestamptz;

ALTER TABLE token_audit DROP CONSTRAINT token_audit_action_check;
ALTER TABLE token_audit ADD CONSTRAINT token_audit_action_check CHECK (action IN ('made', 'revoked', 'renewed', 'used', 'failed'));
