//! Repositories on SQLite and PostgreSQL, with group commit.
