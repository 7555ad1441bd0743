-- Ids are version 7 UUIDs as 16 bytes, times milliseconds since 1970, days YYYY-MM-DD, bodies JSON.
-- The same tables as for PostgreSQL: change both.

CREATE TABLE settings (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE users (
    id BLOB PRIMARY KEY,
    revision INTEGER NOT NULL,
    state TEXT NOT NULL,
    external_ref TEXT UNIQUE,
    password TEXT,
    last_signed_in_at INTEGER,
    body TEXT NOT NULL,
    login TEXT NOT NULL UNIQUE,
    display_name TEXT NOT NULL,
    administrator INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;
CREATE INDEX users_administrators ON users (id) WHERE administrator = 1;
CREATE INDEX users_updated_at ON users (updated_at);

CREATE TABLE tokens (
    id BLOB PRIMARY KEY,
    user_id BLOB NOT NULL,
    digest BLOB NOT NULL UNIQUE,
    last_used_at INTEGER,
    body TEXT NOT NULL,
    name TEXT NOT NULL,
    revoked INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;
CREATE INDEX tokens_user ON tokens (user_id);

CREATE TABLE customers (
    id BLOB PRIMARY KEY,
    revision INTEGER NOT NULL,
    state TEXT NOT NULL,
    external_ref TEXT UNIQUE,
    body TEXT NOT NULL,
    name TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;
CREATE INDEX customers_name ON customers (name, id);
CREATE INDEX customers_updated_at ON customers (updated_at);

CREATE TABLE products (
    id BLOB PRIMARY KEY,
    revision INTEGER NOT NULL,
    state TEXT NOT NULL,
    external_ref TEXT UNIQUE,
    body TEXT NOT NULL,
    code TEXT NOT NULL,
    version TEXT NOT NULL,
    name TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;
-- No version is the empty one.
CREATE UNIQUE INDEX products_code ON products (code, version);
CREATE INDEX products_updated_at ON products (updated_at);

-- Counters (active_licenses, first_activated_on) change with licenses only.
CREATE TABLE orders (
    id BLOB PRIMARY KEY,
    revision INTEGER NOT NULL,
    order_id TEXT NOT NULL UNIQUE,
    customer BLOB NOT NULL,
    product BLOB NOT NULL,
    state TEXT NOT NULL,
    root BLOB NOT NULL,
    external_ref TEXT UNIQUE,
    body TEXT NOT NULL,
    active_licenses INTEGER NOT NULL DEFAULT 0,
    first_activated_on TEXT,
    max_activations INTEGER NOT NULL,
    valid_until TEXT,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;
CREATE INDEX orders_customer ON orders (customer, id);
CREATE INDEX orders_product ON orders (product, id);
CREATE INDEX orders_root ON orders (root, id);
CREATE INDEX orders_updated_at ON orders (updated_at);

-- Every Order ID that was ever given out; never deleted from.
CREATE TABLE order_ids (
    order_id TEXT PRIMARY KEY,
    order_ref BLOB NOT NULL,
    root BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE licenses (
    id BLOB PRIMARY KEY,
    revision INTEGER NOT NULL,
    order_ref BLOB,
    root BLOB,
    customer BLOB NOT NULL,
    product BLOB NOT NULL,
    kind TEXT NOT NULL,
    state TEXT NOT NULL,
    issued_at INTEGER NOT NULL,
    expires_on TEXT,
    external_ref TEXT,
    body TEXT NOT NULL,
    generator TEXT,
    updated_at INTEGER NOT NULL
) STRICT;
CREATE INDEX licenses_order ON licenses (order_ref, id) WHERE order_ref IS NOT NULL;
CREATE INDEX licenses_removal ON licenses (order_ref) WHERE state = 'REMOVAL_REQUESTED';
CREATE INDEX licenses_customer ON licenses (customer, id);
CREATE INDEX licenses_product ON licenses (product, id);
CREATE UNIQUE INDEX licenses_external_ref ON licenses (external_ref) WHERE external_ref IS NOT NULL;
CREATE INDEX licenses_issued_at ON licenses (issued_at, id);
-- Those that never end come last.
CREATE INDEX licenses_expires_on ON licenses (coalesce(expires_on, '9999-12-32'), id);
CREATE INDEX licenses_updated_at ON licenses (updated_at);

CREATE TABLE license_files (
    license BLOB NOT NULL,
    place INTEGER NOT NULL,
    root BLOB,
    name TEXT NOT NULL,
    media_type TEXT NOT NULL,
    text TEXT,
    data BLOB,
    sha256 BLOB NOT NULL
) STRICT;
CREATE UNIQUE INDEX license_files_license ON license_files (license, place);
CREATE INDEX license_files_sha256 ON license_files (sha256);

-- The generator's request documents, compressed.
CREATE TABLE license_documents (
    license BLOB PRIMARY KEY,
    root BLOB,
    document BLOB NOT NULL
) STRICT;

CREATE TABLE license_hosts (
    value TEXT NOT NULL,
    host_type TEXT NOT NULL,
    license BLOB NOT NULL,
    root BLOB,
    PRIMARY KEY (value, host_type, license)
) STRICT, WITHOUT ROWID;

CREATE TABLE claims (
    order_ref BLOB NOT NULL,
    class TEXT NOT NULL,
    claim BLOB NOT NULL,
    license BLOB NOT NULL,
    root BLOB NOT NULL,
    PRIMARY KEY (order_ref, class, claim)
) STRICT, WITHOUT ROWID;
CREATE INDEX claims_license ON claims (license);

CREATE TABLE allowance_uses (
    order_ref BLOB NOT NULL,
    kind TEXT NOT NULL,
    used_on TEXT NOT NULL,
    license BLOB NOT NULL,
    root BLOB NOT NULL,
    PRIMARY KEY (order_ref, kind, used_on, license)
) STRICT, WITHOUT ROWID;

-- Generators that were ever switched off, and whether they are.
CREATE TABLE generator_switches (
    generator TEXT PRIMARY KEY,
    disabled INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE requests (
    caller TEXT NOT NULL,
    request_id TEXT NOT NULL,
    digest BLOB NOT NULL,
    made_at INTEGER NOT NULL,
    outcomes TEXT,
    PRIMARY KEY (caller, request_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX requests_made_at ON requests (made_at);

-- Password digests that were shown: each is good once.
CREATE TABLE proofs (
    proof BLOB PRIMARY KEY,
    good_until INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX proofs_good_until ON proofs (good_until);

CREATE TABLE audit_chains (
    chain BLOB PRIMARY KEY
) STRICT, WITHOUT ROWID;

CREATE TABLE audit (
    chain BLOB NOT NULL,
    seq INTEGER NOT NULL,
    time INTEGER NOT NULL,
    actor TEXT NOT NULL,
    address TEXT,
    source TEXT NOT NULL,
    action TEXT NOT NULL,
    subject TEXT NOT NULL,
    request_id TEXT,
    changes TEXT NOT NULL,
    reason TEXT,
    heads TEXT,
    previous BLOB NOT NULL,
    hash BLOB NOT NULL
) STRICT;
CREATE UNIQUE INDEX audit_place ON audit (chain, seq);
CREATE INDEX audit_time ON audit (time, chain, seq);
CREATE INDEX audit_subject ON audit (subject, time);

-- The signed head of each chain.
CREATE TABLE audit_heads (
    chain BLOB PRIMARY KEY,
    seq INTEGER NOT NULL,
    hash BLOB NOT NULL,
    signed_at INTEGER NOT NULL,
    signature BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- Read in the order of place.
CREATE TABLE events (
    place INTEGER PRIMARY KEY AUTOINCREMENT,
    id BLOB NOT NULL,
    time INTEGER NOT NULL,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    order_ref BLOB
) STRICT;

-- The caller's own data, by a digest over name and value.
CREATE TABLE attributes (
    digest BLOB NOT NULL,
    owner BLOB NOT NULL,
    PRIMARY KEY (digest, owner)
) STRICT, WITHOUT ROWID;
CREATE INDEX attributes_owner ON attributes (owner);

-- What text filters look at, folded; kind is that of the owner, or that of an Order ID.
CREATE TABLE texts (
    place INTEGER PRIMARY KEY,
    owner BLOB NOT NULL,
    kind TEXT NOT NULL,
    value TEXT NOT NULL
) STRICT;
CREATE INDEX texts_value ON texts (kind, value);
CREATE INDEX texts_owner ON texts (owner);
CREATE VIRTUAL TABLE texts_trigrams USING fts5 (
    value, content = 'texts', content_rowid = 'place', tokenize = 'trigram', detail = 'full'
);
CREATE TRIGGER texts_added AFTER INSERT ON texts BEGIN
    INSERT INTO texts_trigrams (rowid, value) VALUES (new.place, new.value);
END;
CREATE TRIGGER texts_removed AFTER DELETE ON texts BEGIN
    INSERT INTO texts_trigrams (texts_trigrams, rowid, value) VALUES ('delete', old.place, old.value);
END;
