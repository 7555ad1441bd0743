//! `lds user create`: how the first administrator comes in.

use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::{Subcommand, builder::PossibleValuesParser, builder::TypedValueParser};
use lds_domain::access::{Actor, Role};
use lds_domain::user::UserData;
use zeroize::Zeroizing;

use super::{explained, read_file};
use crate::app::App;
use crate::config::Config;

/// Users of the administration
#[derive(Subcommand)]
pub(super) enum User {
    /// Make a user who can sign in at once
    Create(Create),
}

/// A new user.
#[derive(clap::Args)]
pub(super) struct Create {
    /// The name to sign in with
    #[arg(long)]
    login: String,
    /// What the user may do; may be repeated
    #[arg(long = "role", required = true, ignore_case = true, value_parser = role_parser())]
    roles: Vec<Role>,
    /// A file with the password in its first line
    #[arg(long, value_name = "FILE")]
    password_file: PathBuf,
    /// The name for people [default: the login]
    #[arg(long)]
    name: Option<String>,
}

impl User {
    pub(super) async fn run(self, config: &Config) -> Result<()> {
        match self {
            Self::Create(command) => command.run(config).await,
        }
    }
}

impl Create {
    async fn run(self, config: &Config) -> Result<()> {
        let password = read_password(&self.password_file)?;
        let app = App::start_for_command(config).await?;
        let data = UserData {
            display_name: self.name.unwrap_or_else(|| self.login.clone()),
            login: self.login,
            email: None,
            roles: self.roles,
            external_ref: None,
            attributes: Vec::new(),
        };
        let actor = Actor::operator();
        let made = app
            .services
            .create_user_with_password(&actor, data, &password)
            .await;
        app.close().await;
        let user = made.map_err(|error| explained(&error))?;
        println!("{} {}", user.id, user.data.login);
        Ok(())
    }
}

fn role_parser() -> impl TypedValueParser<Value = Role> {
    let names = Role::ALL.iter().map(|role| role.name());
    PossibleValuesParser::new(names).try_map(|name| {
        Role::from_name(&name.to_ascii_uppercase()).ok_or_else(|| format!("no role {name}"))
    })
}

/// The first line: editors add a line end that is no part of the password.
fn read_password(path: &std::path::Path) -> Result<Zeroizing<String>> {
    let bytes = Zeroizing::new(read_file(path)?);
    let text = std::str::from_utf8(&bytes)
        .ok()
        .with_context(|| format!("the password in {} is not UTF-8", path.display()))?;
    let line = text.lines().next().unwrap_or_default();
    Ok(Zeroizing::new(line.to_owned()))
}
