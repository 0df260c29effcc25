-- Terms of use that a person accepted, named by their address: another version has another one.
CREATE TABLE accepted_terms (
    account_id   text         NOT NULL REFERENCES account,
    terms_url    text         NOT NULL CHECK (length(terms_url) BETWEEN 1 AND 255),
    accepted_at  timestamptz  NOT NULL,
    PRIMARY KEY (account_id, terms_url)
);
