-- People who sign in with a company's provider (OpenID Connect). An identity there is its issuer and subject: e-mail addresses change
-- hands, and names too.
CREATE TABLE user_identity (
  issuer     text        NOT NULL,
  subject    text        NOT NULL,
  user_id    uuid        NOT NULL REFERENCES app_user (id) ON DELETE CASCADE,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (issuer, subject)
);
CREATE INDEX user_identity_user ON user_identity (user_id);

-- The token of a sign-in lives for hours; login_until says how long the tokens may live that it makes, null for ever.
ALTER TABLE access_token ADD is_sign_in boolean NOT NULL DEFAULT false;

-- A membership that the provider's claims gave follows them at each sign-in; one that people gave or changed is theirs.
ALTER TABLE member ADD from_claims boolean NOT NULL DEFAULT false;
