//! Tests that run on the embedded store and on `PostgreSQL`.

/// Makes of each function `fn name(server: &Server)` two tests.
macro_rules! on_both {
    ($($name:ident)+) => {$(
        mod $name {
            #[test]
            fn on_sqlite() {
                super::$name(&crate::support::Server::start());
            }

            #[test]
            fn on_postgres() {
                let config = crate::support::on_postgres();
                super::$name(&crate::support::Server::start_with(&config));
            }
        }
    )+};
}

pub(crate) use on_both;
