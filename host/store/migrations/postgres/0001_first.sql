-- Ids are version 7 UUIDs, times milliseconds since 1970, days YYYY-MM-DD, bodies JSON.
-- The same tables as for SQLite: change both. Text that is compared or sorted is in the C collation,
-- as in SQLite.

CREATE TABLE settings (
    name text PRIMARY KEY,
    value text NOT NULL
);

CREATE TABLE users (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    state text NOT NULL,
    external_ref text COLLATE "C" UNIQUE,
    password text,
    last_signed_in_at bigint,
    body jsonb NOT NULL,
    login text COLLATE "C" NOT NULL UNIQUE,
    display_name text COLLATE "C" NOT NULL,
    administrator bigint NOT NULL,
    created_at bigint NOT NULL,
    updated_at bigint NOT NULL
);
CREATE INDEX users_administrators ON users (id) WHERE administrator = 1;
CREATE INDEX users_updated_at ON users (updated_at);

CREATE TABLE tokens (
    id uuid PRIMARY KEY,
    user_id uuid NOT NULL,
    digest bytea NOT NULL UNIQUE,
    last_used_at bigint,
    body jsonb NOT NULL,
    name text COLLATE "C" NOT NULL,
    revoked bigint NOT NULL,
    updated_at bigint NOT NULL
);
CREATE INDEX tokens_user ON tokens (user_id);

CREATE TABLE customers (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    state text NOT NULL,
    external_ref text COLLATE "C" UNIQUE,
    body jsonb NOT NULL,
    name text COLLATE "C" NOT NULL,
    created_at bigint NOT NULL,
    updated_at bigint NOT NULL
);
CREATE INDEX customers_name ON customers (name, id);
CREATE INDEX customers_updated_at ON customers (updated_at);

CREATE TABLE products (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    state text NOT NULL,
    external_ref text COLLATE "C" UNIQUE,
    body jsonb NOT NULL,
    code text COLLATE "C" NOT NULL,
    version text COLLATE "C" NOT NULL,
    name text COLLATE "C" NOT NULL,
    created_at bigint NOT NULL,
    updated_at bigint NOT NULL
);
-- No version is the empty one.
CREATE UNIQUE INDEX products_code ON products (code, version);
CREATE INDEX products_updated_at ON products (updated_at);

-- Counters (active_licenses, first_activated_on) change with licenses only.
CREATE TABLE orders (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    order_id text COLLATE "C" NOT NULL UNIQUE,
    customer uuid NOT NULL,
    product uuid NOT NULL,
    state text NOT NULL,
    root uuid NOT NULL,
    external_ref text COLLATE "C" UNIQUE,
    body jsonb NOT NULL,
    active_licenses bigint NOT NULL DEFAULT 0,
    first_activated_on text COLLATE "C",
    max_activations bigint NOT NULL,
    valid_until text COLLATE "C",
    created_at bigint NOT NULL,
    updated_at bigint NOT NULL
) WITH (fillfactor = 80);
CREATE INDEX orders_customer ON orders (customer, id);
CREATE INDEX orders_product ON orders (product, id);
CREATE INDEX orders_root ON orders (root, id);
CREATE INDEX orders_updated_at ON orders (updated_at);

-- Every Order ID that was ever given out; never deleted from.
CREATE TABLE order_ids (
    order_id text COLLATE "C" PRIMARY KEY,
    order_ref uuid NOT NULL,
    root uuid NOT NULL
);

CREATE TABLE licenses (
    id uuid PRIMARY KEY,
    revision bigint NOT NULL,
    order_ref uuid,
    root uuid,
    customer uuid NOT NULL,
    product uuid NOT NULL,
    kind text NOT NULL,
    state text NOT NULL,
    issued_at bigint NOT NULL,
    expires_on text COLLATE "C",
    external_ref text COLLATE "C",
    body jsonb NOT NULL,
    generator text,
    updated_at bigint NOT NULL
);
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
    license uuid NOT NULL,
    place bigint NOT NULL,
    root uuid,
    name text NOT NULL,
    media_type text NOT NULL,
    text text,
    data bytea,
    sha256 bytea NOT NULL,
    PRIMARY KEY (license, place)
);
CREATE INDEX license_files_sha256 ON license_files (sha256);

-- The generator's request documents, compressed.
CREATE TABLE license_documents (
    license uuid PRIMARY KEY,
    root uuid,
    document bytea NOT NULL
);

CREATE TABLE license_hosts (
    value text COLLATE "C" NOT NULL,
    host_type text COLLATE "C" NOT NULL,
    license uuid NOT NULL,
    root uuid,
    PRIMARY KEY (value, host_type, license)
);

CREATE TABLE claims (
    order_ref uuid NOT NULL,
    class text COLLATE "C" NOT NULL,
    claim bytea NOT NULL,
    license uuid NOT NULL,
    root uuid NOT NULL,
    PRIMARY KEY (order_ref, class, claim)
);
CREATE INDEX claims_license ON claims (license);

CREATE TABLE allowance_uses (
    order_ref uuid NOT NULL,
    kind text NOT NULL,
    used_on text COLLATE "C" NOT NULL,
    license uuid NOT NULL,
    root uuid NOT NULL,
    PRIMARY KEY (order_ref, kind, used_on, license)
);

-- Generators that were ever switched off, and whether they are.
CREATE TABLE generator_switches (
    generator text COLLATE "C" PRIMARY KEY,
    disabled bigint NOT NULL
);

CREATE TABLE requests (
    caller text COLLATE "C" NOT NULL,
    request_id text COLLATE "C" NOT NULL,
    digest bytea NOT NULL,
    made_at bigint NOT NULL,
    outcomes text,
    PRIMARY KEY (caller, request_id)
);
CREATE INDEX requests_made_at ON requests (made_at);

-- Password digests that were shown: each is good once.
CREATE TABLE proofs (
    proof bytea PRIMARY KEY,
    good_until bigint NOT NULL
);
CREATE INDEX proofs_good_until ON proofs (good_until);

CREATE TABLE audit_chains (
    chain uuid PRIMARY KEY
);

CREATE TABLE audit (
    chain uuid NOT NULL,
    seq bigint NOT NULL,
    time bigint NOT NULL,
    actor text NOT NULL,
    address text,
    source text NOT NULL,
    action text NOT NULL,
    subject text NOT NULL,
    request_id text,
    changes text NOT NULL,
    reason text,
    heads text,
    previous bytea NOT NULL,
    hash bytea NOT NULL,
    PRIMARY KEY (chain, seq)
);
CREATE INDEX audit_time ON audit (time, chain, seq);
CREATE INDEX audit_subject ON audit (subject, time);

-- The signed head of each chain.
CREATE TABLE audit_heads (
    chain uuid PRIMARY KEY,
    seq bigint NOT NULL,
    hash bytea NOT NULL,
    signed_at bigint NOT NULL,
    signature bytea NOT NULL
);

-- Read in the order of (xid, id), below the oldest transaction that still runs: so no reader passes
-- over an event that is committed later.
CREATE TABLE events (
    xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
    id uuid NOT NULL,
    time bigint NOT NULL,
    kind text NOT NULL,
    subject text NOT NULL,
    order_ref uuid,
    PRIMARY KEY (xid, id)
);

-- The caller's own data, by a digest over name and value.
CREATE TABLE attributes (
    digest bytea NOT NULL,
    owner uuid NOT NULL,
    PRIMARY KEY (digest, owner)
);
CREATE INDEX attributes_owner ON attributes (owner);

-- What text filters look at, folded; kind is that of the owner, or that of an Order ID.
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE TABLE texts (
    owner uuid NOT NULL,
    kind text COLLATE "C" NOT NULL,
    value text COLLATE "C" NOT NULL
);
CREATE INDEX texts_value ON texts (kind, value);
CREATE INDEX texts_owner ON texts (owner);
CREATE INDEX texts_trigrams ON texts USING gin (value gin_trgm_ops);
