-- A person on the way to an institution and back. What the browser keeps in its cookie (the secret that nonce and PKCE
-- verifier are made from) is here only as a hash, and so is the state. A used row stays a day: a replay is told from an invention.
CREATE TABLE institution_visit (
    state_hash    bytea        PRIMARY KEY CHECK (octet_length(state_hash) = 32),
    browser_hash  bytea        NOT NULL CHECK (octet_length(browser_hash) = 32),
    institution   text         NOT NULL,
    session_id    uuid         REFERENCES sign_in_session,          -- set when a signed-in person adds this way in
    fresh         boolean      NOT NULL,                            -- the institution must ask again
    started_at    timestamptz  NOT NULL,
    used_at       timestamptz
);
CREATE INDEX institution_visit_started_at ON institution_visit (started_at);

-- A person's way in through an institution. {issuer, subject} is who they are there; e-mail and ePPN are never stored.
CREATE TABLE identity_link (
    identity_link_id  uuid         PRIMARY KEY,
    account_id        text         NOT NULL REFERENCES account,
    institution       text         NOT NULL,
    issuer            text         NOT NULL,
    subject           text         NOT NULL CHECK (length(subject) BETWEEN 1 AND 255),
    org               text         NOT NULL,
    affiliations      text[]       NOT NULL,                        -- as the institution said at last_used_at
    assurances        text[]       NOT NULL,
    created_at        timestamptz  NOT NULL,
    last_used_at      timestamptz  NOT NULL,
    revetted_at       timestamptz,
    revetted_why      text,                                         -- in the words of the operator who did it
    dormant_since     timestamptz,                                  -- when a sign-in found the link too old
    ended_at          timestamptz,
    end_reason        text,
    CHECK ((ended_at IS NULL) = (end_reason IS NULL))
);
CREATE UNIQUE INDEX identity_link_live ON identity_link (issuer, subject) WHERE ended_at IS NULL;
CREATE INDEX identity_link_account ON identity_link (account_id) WHERE ended_at IS NULL;

-- Somebody whom an institution has just vouched for, and who has yet to say what shall become of it: a new account, or
-- an old one behind a dormant link. Deleted soon after.
CREATE TABLE institution_arrival (
    arrival_hash      bytea        PRIMARY KEY CHECK (octet_length(arrival_hash) = 32),
    institution       text         NOT NULL,
    subject           text         NOT NULL CHECK (length(subject) BETWEEN 1 AND 255),
    display_name      text         NOT NULL,
    affiliations      text[]       NOT NULL,
    assurances        text[]       NOT NULL,
    orcid             text,
    two_factors       boolean      NOT NULL,
    auth_time         timestamptz  NOT NULL,
    dormant_link_id   uuid         REFERENCES identity_link,
    arrived_at        timestamptz  NOT NULL,
    used_at           timestamptz
);
CREATE INDEX institution_arrival_arrived_at ON institution_arrival (arrived_at);

-- Roles given beyond the accounts file. Asked for and not yet given: given_at is null. What the rules say, the table says too.
CREATE TABLE role_assignment (
    role_assignment_id  uuid         PRIMARY KEY,
    account_id          text         NOT NULL REFERENCES account,
    role                text         NOT NULL CHECK (role IN ('researcher', 'steward', 'dac-chair', 'auditor', 'operator', 'representative')),
    scope               text         NOT NULL CHECK ((scope = '') = (role IN ('auditor', 'operator'))),   -- biobank or organisation
    asked_by            text         NOT NULL REFERENCES account,
    asked_at            timestamptz  NOT NULL,
    given_by            text         REFERENCES account CONSTRAINT role_assignment_not_by_own_hand CHECK (given_by <> account_id),
    given_at            timestamptz,
    expires_at          timestamptz,
    reason              text         NOT NULL,
    delegated_from      text         REFERENCES account CHECK (delegated_from <> account_id),
    ended_at            timestamptz,
    ended_by            text,
    end_reason          text,
    CHECK ((given_by IS NULL) = (given_at IS NULL)),
    CHECK ((ended_at IS NULL) = (end_reason IS NULL) AND (ended_at IS NULL) = (ended_by IS NULL)),
    CONSTRAINT role_assignment_researcher_is_vouched_for CHECK (
        role <> 'researcher' OR (asked_by = account_id AND (given_at IS NULL) = (expires_at IS NULL))),
    CONSTRAINT role_assignment_operator_has_two_givers CHECK (
        role <> 'operator' OR (asked_by <> account_id AND asked_by IS DISTINCT FROM given_by)),
    CONSTRAINT role_assignment_delegation_is_short CHECK (
        delegated_from IS NULL OR (role = 'steward' AND delegated_from = given_by AND expires_at IS NOT NULL
                                   AND expires_at <= given_at + interval '90 days'))
);
CREATE UNIQUE INDEX role_assignment_open
    ON role_assignment (account_id, role, scope, coalesce(delegated_from, '')) WHERE ended_at IS NULL;
CREATE INDEX role_assignment_delegated ON role_assignment (delegated_from) WHERE ended_at IS NULL;
CREATE INDEX role_assignment_scope ON role_assignment (role, scope) WHERE ended_at IS NULL;
