-- Clients may now be public (no key of their own: DPoP binds their tokens) and people may be sent to them.
ALTER TABLE client
    ALTER COLUMN public_jwk DROP NOT NULL,
    ADD COLUMN display_name              text     NOT NULL DEFAULT '',
    ADD COLUMN redirect_uris             text[]   NOT NULL DEFAULT '{}',
    ADD COLUMN post_logout_redirect_uris text[]   NOT NULL DEFAULT '{}',
    ADD COLUMN backchannel_logout_uri    text,
    ADD COLUMN scopes                    text[]   NOT NULL DEFAULT '{}' CHECK (scopes <@ ARRAY['openid', 'profile', 'ga4gh_passport_v1']),
    ADD COLUMN requires_pushed           boolean  NOT NULL DEFAULT false,
    ADD COLUMN assertion_audience        text     NOT NULL DEFAULT 'issuer' CHECK (assertion_audience IN ('issuer', 'token-endpoint')),
    ADD COLUMN managed_by                text     NOT NULL DEFAULT 'file' CHECK (managed_by IN ('file', 'operator')),
    DROP CONSTRAINT client_grants_check,
    ADD CONSTRAINT client_grants_check CHECK (grants <@ ARRAY[
        'client_credentials', 'token-exchange', 'jwt-bearer', 'authorization_code', 'refresh_token', 'device_code']),
    ADD CONSTRAINT client_public_grants_check CHECK (
        public_jwk IS NOT NULL OR grants <@ ARRAY['authorization_code', 'refresh_token', 'device_code']),
    ADD CONSTRAINT client_redirect_uris_check CHECK (
        (cardinality(redirect_uris) > 0) = ('authorization_code' = ANY (grants))),
    DROP CONSTRAINT client_permissions_check,
    ADD CONSTRAINT client_permissions_check CHECK (permissions <@ ARRAY['demo-accounts', 'introspection']),
    DROP CONSTRAINT client_roles_check,
    ADD CONSTRAINT client_roles_check CHECK (roles <@ ARRAY['node', 'catalog', 'consent', 'idbroker']);

ALTER TABLE account
    ADD COLUMN source      text         NOT NULL DEFAULT 'file' CHECK (source IN ('file', 'institution', 'operator')),
    ADD COLUMN orcid       text         CHECK (orcid ~ '^\d{4}-\d{4}-\d{4}-\d{3}[\dX]$'),
    ADD COLUMN created_at  timestamptz  NOT NULL DEFAULT now(),
    DROP CONSTRAINT account_roles_check,
    ADD CONSTRAINT account_roles_check CHECK (roles <@ ARRAY[
        'researcher', 'steward', 'dac-chair', 'auditor', 'participant', 'operator', 'representative']);

-- A person signed in at the broker, in one browser or on one device. The cookie holds 256 random bits, the table only
-- their SHA-256. A device (command line, notebook) has no cookie: its session lives by its refresh tokens.
CREATE TABLE sign_in_session (
    session_id    uuid         PRIMARY KEY,
    account_id    text         NOT NULL REFERENCES account,
    secret_hash   bytea        UNIQUE CHECK (octet_length(secret_hash) = 32),
    device        text         NOT NULL,                 -- as shown to its owner: 'Firefox on Linux', 'kakehashi-cli'
    started_at    timestamptz  NOT NULL,
    last_seen_at  timestamptz  NOT NULL,
    auth_time     timestamptz  NOT NULL,
    acr           text         NOT NULL,
    amr           text[]       NOT NULL,
    institution   text,
    ended_at      timestamptz,
    end_reason    text,
    CHECK ((ended_at IS NULL) = (end_reason IS NULL))
);
CREATE INDEX sign_in_session_live ON sign_in_session (account_id) WHERE ended_at IS NULL;

-- What a client asked for, kept here while the person signs in (or pushed by the client before, RFC 9126).
CREATE TABLE authorization_request (
    request_hash  bytea        PRIMARY KEY CHECK (octet_length(request_hash) = 32),
    client_id     text         REFERENCES client,    -- null: no client asks, the person opened one of our own pages
    parameters    jsonb        NOT NULL,
    created_at    timestamptz  NOT NULL,
    expires_at    timestamptz  NOT NULL
);
CREATE INDEX authorization_request_expires_at ON authorization_request (expires_at);

-- All tokens that came from one authorization. When an old refresh token or a used code turns up, all of them end.
CREATE TABLE token_family (
    family_id      uuid         PRIMARY KEY,
    client_id      text         NOT NULL REFERENCES client,
    session_id     uuid         NOT NULL REFERENCES sign_in_session,
    scopes         text[]       NOT NULL,
    dpop_jkt       text,
    created_at     timestamptz  NOT NULL,
    ended_at       timestamptz,
    end_reason     text,
    CHECK ((ended_at IS NULL) = (end_reason IS NULL))
);
CREATE INDEX token_family_session ON token_family (session_id);

CREATE TABLE authorization_code (
    code_hash       bytea        PRIMARY KEY CHECK (octet_length(code_hash) = 32),
    family_id       uuid         NOT NULL REFERENCES token_family,
    redirect_uri    text         NOT NULL,
    code_challenge  text         NOT NULL,
    nonce           text,
    expires_at      timestamptz  NOT NULL,
    used_at         timestamptz
);

CREATE TABLE refresh_token (
    token_hash  bytea        PRIMARY KEY CHECK (octet_length(token_hash) = 32),
    family_id   uuid         NOT NULL REFERENCES token_family,
    created_at  timestamptz  NOT NULL,
    used_at     timestamptz
);
CREATE INDEX refresh_token_family ON refresh_token (family_id);

-- Clients that shall hear that a session ended (OpenID Connect Back-Channel Logout); gone when the client has answered.
CREATE TABLE sign_out_notice (
    sign_out_notice_id  uuid         PRIMARY KEY DEFAULT gen_random_uuid(),
    client_id           text         NOT NULL REFERENCES client,
    session_id          uuid         NOT NULL REFERENCES sign_in_session,
    account_id          text         NOT NULL,
    attempts            int          NOT NULL DEFAULT 0,
    due_at              timestamptz  NOT NULL
);
CREATE INDEX sign_out_notice_due ON sign_out_notice (due_at);

-- RFC 8628: a device waits while its person types the user code into a browser.
CREATE TABLE device_authorization (
    device_code_hash  bytea        PRIMARY KEY CHECK (octet_length(device_code_hash) = 32),
    user_code         text         NOT NULL UNIQUE,
    client_id         text         NOT NULL REFERENCES client,
    scopes            text[]       NOT NULL,
    expires_at        timestamptz  NOT NULL,
    interval_seconds  int          NOT NULL DEFAULT 5,
    last_polled_at    timestamptz,
    state             text         NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'approved', 'denied', 'used')),
    family_id         uuid         REFERENCES token_family,
    CHECK ((state IN ('approved', 'used')) = (family_id IS NOT NULL))
);

-- A person's remembered agreement that a client hears more than who they are.
CREATE TABLE release_agreement (
    release_agreement_id  uuid         PRIMARY KEY,
    account_id            text         NOT NULL REFERENCES account,
    client_id             text         NOT NULL REFERENCES client,
    scope                 text         NOT NULL,
    agreed_at             timestamptz  NOT NULL,
    revoked_at            timestamptz
);
CREATE UNIQUE INDEX release_agreement_live ON release_agreement (account_id, client_id, scope) WHERE revoked_at IS NULL;

-- What the ledger shall hear, written with the change itself. One relay numbers the rows it can see, densely, and delivers.
CREATE TABLE access_event (
    access_event_id  bigint       GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at               timestamptz  NOT NULL,
    kind             text         NOT NULL,
    actor            text         NOT NULL,
    subject          text         NOT NULL,
    leaf             bytea        NOT NULL,
    ledger_index     bigint       UNIQUE CHECK (ledger_index >= 0)
);
CREATE INDEX access_event_unnumbered ON access_event (access_event_id) WHERE ledger_index IS NULL;
CREATE INDEX access_event_subject ON access_event (subject, access_event_id);
CREATE INDEX access_event_actor ON access_event (actor, access_event_id);
