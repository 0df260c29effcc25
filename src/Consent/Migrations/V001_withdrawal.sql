-- One row for each biobank: its lock orders the biobank's changes, its head is the newest of them.
CREATE TABLE biobank (
    biobank_id       text        PRIMARY KEY CHECK (biobank_id ~ '^[a-z][a-z0-9-]{1,30}$'),
    head             bigint      NOT NULL DEFAULT 0 CHECK (head >= 0)
);

CREATE TABLE consent_change (
    biobank_id       text        NOT NULL REFERENCES biobank,
    sequence         bigint      NOT NULL CHECK (sequence > 0),
    participant_ref  text        NOT NULL CHECK (participant_ref ~ '^[0-9a-f]{32}$'),
    kind             text        NOT NULL CHECK (kind IN ('withdrawn')),
    recorded_at      timestamptz NOT NULL,
    PRIMARY KEY (biobank_id, sequence)
);

-- Nobody withdraws twice, whatever the code above this table does.
CREATE UNIQUE INDEX consent_change_withdrawn_once ON consent_change (biobank_id, participant_ref) WHERE kind = 'withdrawn';

-- What a biobank's node is known to have applied, now.
CREATE TABLE replication (
    biobank_id       text        PRIMARY KEY REFERENCES biobank,
    acknowledged     bigint      NOT NULL DEFAULT 0 CHECK (acknowledged >= 0),
    last_contact_at  timestamptz,
    claimed          bigint,
    alarmed_at       timestamptz,
    CHECK ((claimed IS NULL) = (alarmed_at IS NULL))
);

-- Each time that figure moved: since when a change is effective. It moves back when a node was restored from a backup.
CREATE TABLE acknowledgement (
    acknowledgement_id bigint    GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    biobank_id       text        NOT NULL REFERENCES biobank,
    applied          bigint      NOT NULL CHECK (applied >= 0),
    at               timestamptz NOT NULL
);

CREATE INDEX acknowledgement_by_applied ON acknowledgement (biobank_id, applied, at);

CREATE TABLE audit_event (
    audit_event_id   bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at               timestamptz NOT NULL,
    actor            text        NOT NULL,
    action           text        NOT NULL,
    subject          text        NOT NULL,
    reason           text
);

-- The record is only ever added to. The service's role loses the right; the triggers stop a superuser's slip as well.
REVOKE UPDATE, DELETE, TRUNCATE ON consent_change, acknowledgement, audit_event FROM PUBLIC, CURRENT_USER;

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$;

CREATE TRIGGER consent_change_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON consent_change EXECUTE FUNCTION refuse_change();
CREATE TRIGGER acknowledgement_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON acknowledgement EXECUTE FUNCTION refuse_change();
CREATE TRIGGER audit_event_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_event EXECUTE FUNCTION refuse_change();
