-- Not only nodes deliver. A producer is known by its client id (node:bbj, idbroker), so no name can be taken twice.
-- What the log holds, its leaves and their order, stays to the byte; only the columns to search by are told anew.
ALTER TABLE node RENAME TO producer;
ALTER TABLE producer RENAME CONSTRAINT node_pkey TO producer_pkey;
ALTER TABLE producer RENAME COLUMN node TO producer;
ALTER TABLE producer DROP CONSTRAINT node_node_check;
ALTER TABLE producer ALTER COLUMN producer TYPE text USING 'node:' || producer;
ALTER TABLE producer ADD CONSTRAINT producer_name_check CHECK (producer ~ '^(node:)?[a-z][a-z0-9-]{1,30}$');

ALTER TABLE conflict RENAME COLUMN node TO producer;
ALTER TABLE conflict RENAME COLUMN node_index TO producer_index;
ALTER TABLE conflict ALTER COLUMN producer TYPE text USING 'node:' || producer;

ALTER TABLE usage_event RENAME TO ledger_event;
ALTER TABLE ledger_event RENAME COLUMN node TO producer;
ALTER TABLE ledger_event RENAME COLUMN node_index TO producer_index;
ALTER TABLE ledger_event ALTER COLUMN producer TYPE text USING 'node:' || producer;

-- actor: who did it, or asked. subject: what it was done to. outcome: of a question.
ALTER TABLE ledger_event RENAME COLUMN subject TO actor;
ALTER TABLE ledger_event ADD COLUMN subject text;
ALTER TABLE ledger_event ALTER COLUMN outcome DROP NOT NULL;
ALTER TABLE ledger_event ADD COLUMN kind text NOT NULL DEFAULT 'count';
ALTER TABLE ledger_event ALTER COLUMN kind DROP DEFAULT;

ALTER INDEX usage_event_pkey RENAME TO ledger_event_pkey;
ALTER INDEX usage_event_by_subject RENAME TO ledger_event_by_actor;
ALTER INDEX usage_event_by_project RENAME TO ledger_event_by_project;
ALTER INDEX usage_event_by_time RENAME TO ledger_event_by_time;
CREATE INDEX ledger_event_by_subject ON ledger_event (subject, log_index) WHERE subject IS NOT NULL;
CREATE INDEX ledger_event_by_kind ON ledger_event (kind, log_index);
ALTER TRIGGER usage_event_append_only ON ledger_event RENAME TO ledger_event_append_only;
ALTER TABLE ledger_event RENAME CONSTRAINT usage_event_node_node_index_key TO ledger_event_producer_producer_index_key;
ALTER TABLE conflict RENAME CONSTRAINT conflict_node_node_index_leaf_hash_key TO conflict_producer_producer_index_leaf_hash_key;
