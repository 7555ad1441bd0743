//! `lds token create`: credentials for programs.

use anyhow::{Context, Result, bail};
use clap::{Subcommand, builder::PossibleValuesParser, builder::TypedValueParser};
use lds_domain::access::{Actor, Role, Scope};
use lds_domain::command::CreateToken;
use lds_domain::id::{Key, TokenId};
use lds_domain::unit::UserKey;
use lds_domain::user::fold;

use super::explained;
use crate::app::App;
use crate::config::Config;

/// API tokens
#[derive(Subcommand)]
pub(super) enum Token {
    /// Make a token and print its secret, this once
    Create(Create),
}

/// A new token.
#[derive(clap::Args)]
pub(super) struct Create {
    /// The login of the user whose rights it carries
    #[arg(long, value_name = "LOGIN")]
    user: String,
    /// What it is for
    #[arg(long)]
    name: String,
    /// One of the user's roles, or read: what he may read; may be repeated
    #[arg(long = "scope", required = true, ignore_case = true, value_parser = scope_parser())]
    scopes: Vec<Scope>,
    /// For password digests of WS-Security too: prints the token's id, which is the username,
    /// before the secret, which is the password
    #[arg(long)]
    digest: bool,
}

impl Token {
    pub(super) async fn run(self, config: &Config) -> Result<()> {
        match self {
            Self::Create(command) => command.run(config).await,
        }
    }
}

impl Create {
    async fn run(self, config: &Config) -> Result<()> {
        let app = App::start_for_command(config).await?;
        let digest = self.digest;
        let made = self.create(&app).await;
        app.close().await;
        let (id, secret) = made?;
        if digest {
            println!("{id}");
        }
        println!("{secret}");
        Ok(())
    }

    /// Id and secret of the new token.
    async fn create(self, app: &App) -> Result<(TokenId, String)> {
        let key = UserKey::Login(fold(&self.user));
        let user = app
            .services
            .store()
            .user(key)
            .await
            .map_err(|error| explained(&error))?;
        let Some(user) = user else {
            bail!("there is no user {}", self.user);
        };
        let command = CreateToken {
            user: Some(Key::Id(user.id)),
            name: self.name,
            scopes: self.scopes,
            expires_at: None,
            addresses: Vec::new(),
            digest: self.digest,
            request_id: None,
        };
        let actor = Actor::operator();
        let made = app.services.create_token(&actor, command).await;
        let made = made.map_err(|error| explained(&error))?;
        let secret = made.secret;
        let secret =
            secret.context("the token was made before, and its secret is shown only once")?;
        Ok((made.token.id, secret))
    }
}

fn scope_parser() -> impl TypedValueParser<Value = Scope> {
    let roles = Role::ALL.iter().copied().map(Scope::Role);
    let scopes: Vec<_> = roles.chain([Scope::Read, Scope::Generator]).collect();
    let names = PossibleValuesParser::new(scopes.iter().map(|scope| scope.name()));
    names.try_map(move |name| {
        let mut scopes = scopes.iter().copied();
        let found = scopes.find(|scope| scope.name().eq_ignore_ascii_case(&name));
        found.ok_or_else(|| format!("no scope {name}"))
    })
}
