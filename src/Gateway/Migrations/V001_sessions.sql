-- A person's sign-in at this door, in one browser. The cookie holds 256 random bits; the table only their SHA-256, and the
-- tokens encrypted with a key that only the cookie can give. What has ended is deleted.
CREATE TABLE browser_session (
    session_hash       bytea        PRIMARY KEY CHECK (octet_length(session_hash) = 32),
    account            text         NOT NULL,             -- sub
    broker_session     text         NOT NULL,             -- sid
    sealed_tokens      bytea        NOT NULL,
    tokens_expire_at   timestamptz  NOT NULL,             -- the access token's end; it is renewed shortly before
    started_at         timestamptz  NOT NULL,
    last_seen_at       timestamptz  NOT NULL,
    CHECK (last_seen_at >= started_at)
);
CREATE INDEX browser_session_broker_session ON browser_session (broker_session);
CREATE INDEX browser_session_account ON browser_session (account);
CREATE INDEX browser_session_started_at ON browser_session (started_at);

-- A browser that was sent to sign in. State, nonce and verifier come from its cookie; here is only what it may do once.
CREATE TABLE sign_in_flow (
    flow_hash    bytea        PRIMARY KEY CHECK (octet_length(flow_hash) = 32),
    return_path  text         NOT NULL,
    step_up      boolean      NOT NULL,
    expires_at   timestamptz  NOT NULL
);

-- A logout token counts once, at whichever instance it is shown.
CREATE TABLE used_logout_token (
    jti         text         PRIMARY KEY CHECK (length(jti) BETWEEN 1 AND 128),
    expires_at  timestamptz  NOT NULL
);

-- A proof of possession counts once, at whichever instance it is shown.
CREATE TABLE used_proof (
    proof_hash  bytea        PRIMARY KEY CHECK (octet_length(proof_hash) = 32),
    expires_at  timestamptz  NOT NULL
);
CREATE INDEX used_proof_expires_at ON used_proof (expires_at);
