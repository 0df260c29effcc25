-- One row for each node: its lock orders the node's deliveries; everything below next_index is here.
CREATE TABLE node (
    node             text        PRIMARY KEY CHECK (node ~ '^[a-z][a-z0-9-]{1,30}$'),
    next_index       bigint      NOT NULL DEFAULT 0 CHECK (next_index >= 0),
    last_received_at timestamptz
);

-- Its lock orders all nodes' entries into one log, dense and in the order in which they become visible.
CREATE TABLE log_head (
    log_head_id      int         PRIMARY KEY CHECK (log_head_id = 1),
    next_index       bigint      NOT NULL CHECK (next_index >= 0)
);

INSERT INTO log_head (log_head_id, next_index) VALUES (1, 0);

-- The leaf is the record, byte for byte; the columns behind it repeat parts of it to search by. No foreign key to node:
-- rows are written only under the lock of the node's row.
CREATE TABLE usage_event (
    log_index        bigint      PRIMARY KEY CHECK (log_index >= 0),
    node             text        NOT NULL,
    node_index       bigint      NOT NULL CHECK (node_index >= 0),
    leaf             bytea       NOT NULL,
    leaf_hash        bytea       NOT NULL CHECK (octet_length(leaf_hash) = 32),
    at               timestamptz NOT NULL,
    subject          text        NOT NULL,
    project          text,
    outcome          text        NOT NULL,
    received_at      timestamptz NOT NULL,
    UNIQUE (node, node_index)
);

CREATE INDEX usage_event_by_subject ON usage_event (subject, log_index);
CREATE INDEX usage_event_by_project ON usage_event (project, log_index) WHERE project IS NOT NULL;
CREATE INDEX usage_event_by_time ON usage_event (at);

-- A node said something else about an entry that it had delivered before. The first version stays.
CREATE TABLE conflict (
    conflict_id      bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    node             text        NOT NULL,
    node_index       bigint      NOT NULL,
    leaf             bytea       NOT NULL,
    leaf_hash        bytea       NOT NULL CHECK (octet_length(leaf_hash) = 32),
    received_at      timestamptz NOT NULL,
    UNIQUE (node, node_index, leaf_hash)
);

-- The record is only ever added to. The service's role loses the right; the triggers stop a superuser's slip as well.
REVOKE UPDATE, DELETE, TRUNCATE ON usage_event, conflict FROM PUBLIC, CURRENT_USER;

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$;

CREATE TRIGGER usage_event_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON usage_event EXECUTE FUNCTION refuse_change();
CREATE TRIGGER conflict_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON conflict EXECUTE FUNCTION refuse_change();
