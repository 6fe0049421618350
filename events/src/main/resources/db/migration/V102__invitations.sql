-- The token of an invitation makes one token of the person who was added, and does nothing else.
ALTER TABLE access_token DROP CONSTRAINT access_token_scope_check;
ALTER TABLE access_token ADD CONSTRAINT access_token_scope_check CHECK (scope IN ('all', 'daemon', 'watch', 'invitation'));
