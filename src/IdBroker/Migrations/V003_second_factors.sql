-- What a person with an account of this platform proves themselves with. from_file: what the accounts file said when it
-- was last taken over, so that a restart does not undo the person's own change.
CREATE TABLE local_password (
    account_id     text         PRIMARY KEY REFERENCES account,
    password_hash  text         NOT NULL,
    changed_at     timestamptz  NOT NULL,
    from_file      text
);

-- RFC 6238. secret: nonce (12 bytes), AES-256-GCM ciphertext, tag (16); the account is authenticated with it.
-- last_step: the time step of the last code that was accepted; no code of this step or an older one counts again.
CREATE TABLE totp (
    account_id  text         PRIMARY KEY REFERENCES account,
    secret      bytea        NOT NULL,
    last_step   bigint       NOT NULL,
    added_at    timestamptz  NOT NULL,
    from_file   bytea        CHECK (octet_length(from_file) = 32)   -- SHA-256 of the file's secret
);

-- user_handle: random, the same for all passkeys of an account; a device shows it to whoever holds the device.
CREATE TABLE passkey (
    credential_id    bytea        PRIMARY KEY CHECK (octet_length(credential_id) BETWEEN 1 AND 1023),
    account_id       text         NOT NULL REFERENCES account,
    user_handle      text         NOT NULL,
    name             text         NOT NULL CHECK (char_length(name) BETWEEN 1 AND 60),
    public_key       bytea        NOT NULL,
    sign_count       bigint       NOT NULL CHECK (sign_count >= 0),
    transports       text[]       NOT NULL,
    backup_eligible  boolean      NOT NULL,
    backed_up        boolean      NOT NULL,
    added_at         timestamptz  NOT NULL,
    last_used_at     timestamptz
);
CREATE INDEX passkey_account ON passkey (account_id);
CREATE INDEX passkey_user_handle ON passkey (user_handle);

-- Between the question to a passkey and its answer; every question is answered once.
CREATE TABLE passkey_question (
    question_hash  bytea        PRIMARY KEY CHECK (octet_length(question_hash) = 32),
    kind           text         NOT NULL CHECK (kind IN ('sign-in', 'registration')),
    state          text         NOT NULL,
    expires_at     timestamptz  NOT NULL
);

-- A code with which an operator lets a person set up their own password and second factor, once.
CREATE TABLE enrolment_code (
    code_hash   bytea        PRIMARY KEY CHECK (octet_length(code_hash) = 32),
    account_id  text         NOT NULL REFERENCES account,
    issued_by   text         NOT NULL,
    issued_at   timestamptz  NOT NULL,
    expires_at  timestamptz  NOT NULL,
    used_at     timestamptz
);

-- A person who proved one thing and still owes another. Keyed by a cookie; five minutes.
CREATE TABLE started_sign_in (
    secret_hash   bytea        PRIMARY KEY CHECK (octet_length(secret_hash) = 32),
    account_id    text         NOT NULL REFERENCES account,
    amr           text[]       NOT NULL,
    institution   text,
    enrolment     bytea        REFERENCES enrolment_code,   -- set: came in with an enrolment code
    may_add       boolean      NOT NULL,                    -- whether a first second factor may be set up now
    expires_at    timestamptz  NOT NULL
);

-- How much guessing has gone on under one key (account and network, account and browser, ...; only its hash is kept).
-- The bucket is full again at this time; until then it holds less.
CREATE TABLE guess_bucket (
    bucket_key  bytea        PRIMARY KEY CHECK (octet_length(bucket_key) = 32),
    full_at     timestamptz  NOT NULL,
    told_at     timestamptz                                 -- when auditors were last told that it ran empty
);

-- Browsers and networks from which a person has signed in: a stranger's guesses do not slow them.
CREATE TABLE known_browser (
    browser_hash  bytea        NOT NULL CHECK (octet_length(browser_hash) = 32),
    account_id    text         NOT NULL REFERENCES account,
    seen_at       timestamptz  NOT NULL,
    PRIMARY KEY (account_id, browser_hash)
);
CREATE TABLE known_network (
    account_id    text         NOT NULL REFERENCES account,
    network_hash  bytea        NOT NULL CHECK (octet_length(network_hash) = 32),
    seen_at       timestamptz  NOT NULL,
    PRIMARY KEY (account_id, network_hash)
);
