-- What each biobank's node last said. The Catalog answers from here, whether the node is there or not.
CREATE TABLE biobank (
    biobank_id     text        COLLATE "C" PRIMARY KEY CHECK (biobank_id ~ '^[a-z][a-z0-9-]{1,30}$'),
    registered     boolean     NOT NULL,
    reachable      boolean     NOT NULL DEFAULT false,
    seen_at        timestamptz,
    description    jsonb,
    snapshot_id    text,
    variables_at   timestamptz,
    CHECK ((description IS NULL) = (seen_at IS NULL)),
    CHECK ((snapshot_id IS NULL) = (variables_at IS NULL))
);

CREATE TABLE variable (
    biobank_id     text        COLLATE "C" NOT NULL REFERENCES biobank,
    kind           text        COLLATE "C" NOT NULL CHECK (kind IN
        ('sex', 'age', 'condition', 'drug', 'measurement', 'biosample', 'data', 'attribute', 'enrolled')),
    code           text        COLLATE "C" NOT NULL,  -- empty for age and enrolled
    label          text,
    label_ja       text,
    participants   numeric,
    withheld       text,
    missingness    double precision CHECK (missingness BETWEEN 0 AND 1),
    low            double precision,
    high           double precision,
    unit           text,
    -- Searched by code or name, whatever the width of the letters (NFKC) and their case.
    words          text        NOT NULL GENERATED ALWAYS AS
        (lower(normalize(code || ' ' || coalesce(label, '') || ' ' || coalesce(label_ja, ''), NFKC))) STORED,
    PRIMARY KEY (kind, code, biobank_id),
    CHECK ((participants IS NULL) <> (withheld IS NULL))
);

CREATE INDEX variable_by_biobank ON variable (biobank_id);
