-- An event is told once, as it happened. The relay numbers it once; nothing else of it ever changes.
CREATE FUNCTION refuse_event_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.ledger_index IS NULL
       AND (NEW.access_event_id, NEW.at, NEW.kind, NEW.actor, NEW.subject, NEW.leaf)
         = (OLD.access_event_id, OLD.at, OLD.kind, OLD.actor, OLD.subject, OLD.leaf) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'access_event is append-only';
END $$;
CREATE TRIGGER access_event_numbered_once BEFORE UPDATE OR DELETE ON access_event
    FOR EACH ROW EXECUTE FUNCTION refuse_event_change();
CREATE TRIGGER access_event_not_emptied BEFORE TRUNCATE ON access_event
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_event_change();

-- The broker's own name: a client of this name could speak to the ledger as the broker.
ALTER TABLE client ADD CONSTRAINT client_reserved_check CHECK (client_id <> 'idbroker');

-- Counts a client's changes: an instance that holds an older registration finds out when it uses it.
ALTER TABLE client ADD COLUMN revision bigint NOT NULL DEFAULT 0;
CREATE FUNCTION count_revision() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.revision := OLD.revision + 1; RETURN NEW; END $$;
CREATE TRIGGER client_revision BEFORE UPDATE ON client FOR EACH ROW EXECUTE FUNCTION count_revision();
