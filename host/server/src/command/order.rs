//! `lds order create`: Order IDs without a program of one's own.

use anyhow::Result;
use clap::Subcommand;
use lds_domain::Error;
use lds_domain::access::Actor;
use lds_domain::command::{CreateOrders, OrderItem, WriteOptions};
use lds_domain::id::{CustomerId, Id, Key, ProductId};

use super::explained;
use crate::app::App;
use crate::config::Config;

/// Orders
#[derive(Subcommand)]
pub(super) enum Order {
    /// Make orders on the product's terms and print their Order IDs
    Create(Create),
}

/// New orders, all alike.
#[derive(clap::Args)]
pub(super) struct Create {
    /// Who bought: cus_… or ext:REFERENCE
    #[arg(long, value_name = "KEY", value_parser = key::<CustomerId>)]
    customer: Key<CustomerId>,
    /// What: prd_… or ext:REFERENCE
    #[arg(long, value_name = "KEY", value_parser = key::<ProductId>)]
    product: Key<ProductId>,
    /// How many
    #[arg(long, default_value_t = 1)]
    count: u32,
}

impl Order {
    pub(super) async fn run(self, config: &Config) -> Result<()> {
        match self {
            Self::Create(command) => command.run(config).await,
        }
    }
}

impl Create {
    async fn run(self, config: &Config) -> Result<()> {
        let app = App::start_for_command(config).await?;
        let actor = Actor::operator();
        let made = app.services.create_orders(&actor, self.command()).await;
        app.close().await;
        for order in made.map_err(|error| explained(&error))?.orders {
            println!("{}", order.shown_order_id);
        }
        Ok(())
    }

    fn command(self) -> CreateOrders {
        CreateOrders {
            order: OrderItem {
                id: None,
                revision: None,
                order_id: None,
                customer: self.customer,
                product: self.product,
                terms: None,
                features: Vec::new(),
                valid_from: None,
                valid_until: None,
                notes: None,
                external_ref: None,
                attributes: Vec::new(),
                state: None,
                parent: None,
                root: None,
                relation: None,
            },
            count: self.count,
            options: WriteOptions::default(),
        }
    }
}

fn key<I: Id>(text: &str) -> Result<Key<I>, String> {
    let form = |_: Error| format!("expected {}… or ext:REFERENCE", I::PREFIX);
    Key::parse(text).map_err(form)
}
