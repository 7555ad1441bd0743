//! The attribute `#[generator]` of the SDK: it marks the `impl Generator for …` whose type becomes
//! the exports of the plugin. It knows nothing of the ABI: it only names the type to the SDK's
//! `export_generator!`, which therefore needs no parser of Rust and costs no build time.

use proc_macro::{Delimiter, TokenStream, TokenTree};

/// Exports a generator: `#[generator] impl Generator for Keyfile { … }`.
///
/// The item stays as it is; the symbols `lds_abi` and `lds_call` are added to it.
#[proc_macro_attribute]
pub fn generator(arguments: TokenStream, item: TokenStream) -> TokenStream {
    let Some(name) = implementor(item.clone()) else {
        return error("#[generator] belongs on an `impl Generator for Type` block");
    };
    if !arguments.is_empty() {
        return error("#[generator] takes no arguments");
    }
    let export = parsed("::lds_plugin_api::export_generator!")
        .into_iter()
        .chain([TokenTree::Group(proc_macro::Group::new(
            Delimiter::Brace,
            name,
        ))]);
    item.into_iter().chain(export).collect()
}

/// The tokens between `for` and the body.
fn implementor(item: TokenStream) -> Option<TokenStream> {
    let tokens: Vec<_> = item.into_iter().collect();
    let is_word = |token: &TokenTree, word: &str| matches!(token, TokenTree::Ident(ident) if ident.to_string() == word);
    tokens.iter().find(|token| is_word(token, "impl"))?;
    let start = tokens.iter().position(|token| is_word(token, "for"))? + 1;
    let is_body = |token: &TokenTree| matches!(token, TokenTree::Group(group) if group.delimiter() == Delimiter::Brace);
    let end = start + tokens[start..].iter().position(is_body)?;
    (start < end).then(|| tokens[start..end].iter().cloned().collect())
}

fn error(message: &str) -> TokenStream {
    parsed(&format!("::core::compile_error!({message:?});"))
}

fn parsed(code: &str) -> TokenStream {
    code.parse().unwrap_or_default()
}
