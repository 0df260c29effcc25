-- A data access committee's permission: these people of a project may use a dataset for a purpose, from one moment to another.
-- It is never changed. What ends it early is a row of its own.
CREATE TABLE access_grant (
    access_grant_id  uuid        PRIMARY KEY,
    biobank_id       text        NOT NULL REFERENCES biobank,
    dataset          text        NOT NULL CHECK (dataset ~ '^[a-z][a-z0-9-]{1,30}$'),
    project          text        NOT NULL CHECK (project ~ '^[a-z][a-z0-9-]{1,30}$'),
    purpose          jsonb       NOT NULL,
    valid_from       timestamptz NOT NULL,
    valid_until      timestamptz NOT NULL CHECK (valid_until > valid_from),
    decided_by       text        NOT NULL,
    decided_at       timestamptz NOT NULL,
    reason           text        NOT NULL
);

CREATE INDEX access_grant_by_biobank ON access_grant (biobank_id, access_grant_id);
CREATE INDEX access_grant_by_project ON access_grant (project);

-- People are accounts of the platform's issuer.
CREATE TABLE access_grant_person (
    access_grant_id  uuid        NOT NULL REFERENCES access_grant,
    person           text        NOT NULL CHECK (person <> ''),
    PRIMARY KEY (access_grant_id, person)
);

CREATE INDEX access_grant_person_by_person ON access_grant_person (person, access_grant_id);

CREATE TABLE access_grant_revocation (
    access_grant_id  uuid        PRIMARY KEY REFERENCES access_grant,
    revoked_by       text        NOT NULL,
    revoked_at       timestamptz NOT NULL,
    reason           text        NOT NULL
);

-- Only ever added to. The service's role keeps UPDATE on access_grant, because foreign keys lock the row they point to with that
-- right; the trigger refuses the change itself.
REVOKE UPDATE, DELETE, TRUNCATE ON access_grant_person, access_grant_revocation FROM PUBLIC, CURRENT_USER;
REVOKE DELETE, TRUNCATE ON access_grant FROM PUBLIC, CURRENT_USER;

CREATE TRIGGER access_grant_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON access_grant EXECUTE FUNCTION refuse_change();
CREATE TRIGGER access_grant_person_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON access_grant_person EXECUTE FUNCTION refuse_change();
CREATE TRIGGER access_grant_revocation_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON access_grant_revocation EXECUTE FUNCTION refuse_change();
