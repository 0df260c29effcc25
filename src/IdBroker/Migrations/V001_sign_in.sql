-- Who may ask for tokens: machines that prove themselves with their own key. Kept in step with the clients file.
CREATE TABLE client (
    client_id    text        PRIMARY KEY CHECK (client_id ~ '^[a-z][a-z0-9:-]{1,63}$'),
    public_jwk   jsonb       NOT NULL,
    roles        text[]      NOT NULL CHECK (roles <@ ARRAY['researcher', 'steward', 'auditor', 'participant', 'operator', 'node', 'catalog', 'consent']),
    audiences    text[]      NOT NULL,
    grants       text[]      NOT NULL CHECK (grants <@ ARRAY['client_credentials', 'token-exchange', 'jwt-bearer']),
    permissions  text[]      NOT NULL CHECK (permissions <@ ARRAY['demo-accounts']),
    enabled      boolean     NOT NULL DEFAULT true
);

-- People with an account of this platform itself. Kept in step with the accounts file.
CREATE TABLE account (
    account_id    text     PRIMARY KEY CHECK (account_id ~ '^[a-z][a-z0-9-]{1,63}$'),
    display_name  text     NOT NULL,
    org           text     NOT NULL,
    roles         text[]   NOT NULL CHECK (roles <@ ARRAY['researcher', 'steward', 'auditor', 'participant', 'operator']),
    biobanks      text[]   NOT NULL,
    projects      text[]   NOT NULL,
    participant   text     NOT NULL CHECK (participant = '' OR participant ~ '^[a-z][a-z0-9-]{1,30}/.{1,128}$'),
    demo          boolean  NOT NULL,
    enabled       boolean  NOT NULL DEFAULT true
);

-- Every assertion counts once, at whichever instance it is shown. Rows go when the assertion has expired anyway.
CREATE TABLE used_assertion (
    client_id   text         NOT NULL,
    jti         text         NOT NULL CHECK (length(jti) BETWEEN 1 AND 128),
    expires_at  timestamptz  NOT NULL,
    PRIMARY KEY (client_id, jti)
);
CREATE INDEX used_assertion_expires_at ON used_assertion (expires_at);

-- private_key: nonce (12 bytes), AES-256-GCM ciphertext of the PKCS#8 key, tag (16); the kid is authenticated with it.
CREATE TABLE signing_key (
    signing_key_id  text         PRIMARY KEY,
    private_key     bytea        NOT NULL,
    created_at      timestamptz  NOT NULL,
    signs_from      timestamptz  NOT NULL UNIQUE CHECK (signs_from >= created_at)
);

CREATE TABLE audit_event (
    audit_event_id  bigint       GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at              timestamptz  NOT NULL,
    actor           text         NOT NULL,
    action          text         NOT NULL,
    subject         text         NOT NULL,
    reason          text
);
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'audit_event is append-only'; END $$;
CREATE TRIGGER audit_event_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_event
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
