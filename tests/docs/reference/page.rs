//! The page's form: each operation with what it takes and answers, then each type that several of
//! them share.

use std::fmt::Write as _;

use super::wsdl::{Member, Operation, Type, Wsdl};

const HEAD: &str = "\
# SOAP reference

Every operation and member, in the words of the WSDLs, from which `make reference` writes this page.
How to call: [SOAP](soap.md), with all [faults](soap.md#faults). What a caller may rely on:
[compatibility](compatibility.md). How much of everything: [limits](limits.md).

`1` is a member that must be there, `0..1` one that may be, `0..n` a list that may be empty. A reply
is one element `result` with the members that are listed.
";

/// A service and the word that its anchors begin with.
pub(super) struct Service {
    pub(super) title: &'static str,
    pub(super) anchor: &'static str,
    pub(super) wsdl: Wsdl,
}

pub(super) fn reference(services: &[Service]) -> String {
    let mut page = HEAD.to_owned();
    for service in services {
        service.write(&mut page).expect("a string takes all");
    }
    page
}

impl Service {
    fn write(&self, page: &mut String) -> std::fmt::Result {
        let names = self.wsdl.operations.iter().map(|operation| {
            let name = &operation.name;
            format!("[{name}](#{}-{})", self.anchor, name.to_lowercase())
        });
        let names: Vec<_> = names.collect();
        let (title, about) = (self.title, escaped(&self.wsdl.about));
        writeln!(page, "\n## {title}\n\n{about}\n\n{}", names.join(" ·\n"))?;
        for operation in &self.wsdl.operations {
            self.write_operation(page, operation)?;
        }
        for kind in self
            .wsdl
            .types
            .iter()
            .filter(|kind| self.is_shared(&kind.name))
        {
            self.write_type(page, kind)?;
        }
        Ok(())
    }

    fn write_operation(&self, page: &mut String, operation: &Operation) -> std::fmt::Result {
        let Operation {
            name,
            about,
            request,
            result,
        } = operation;
        let anchor = name.to_lowercase();
        writeln!(
            page,
            "\n### <a id=\"{}-{anchor}\"></a>{name}\n\n{}",
            self.anchor,
            escaped(about)
        )?;
        let members = &self.kind(request).members;
        if members.is_empty() {
            writeln!(page, "\nThe request has no members.")?;
        } else {
            self.write_members(page, "request", members)?;
        }
        if self.is_shared(result) {
            writeln!(page, "\nReply: {}", self.link(&format!("tns:{result}")))
        } else {
            self.write_members(page, "reply", &self.kind(result).members)
        }
    }

    fn write_type(&self, page: &mut String, kind: &Type) -> std::fmt::Result {
        let Type {
            name,
            about,
            members,
            values,
        } = kind;
        writeln!(
            page,
            "\n### <a id=\"{}-type-{}\"></a>{name}\n\n{}",
            self.anchor,
            name.to_lowercase(),
            escaped(about)
        )?;
        if !values.is_empty() {
            writeln!(page, "\nOne of `{}`.", values.join("`, `"))?;
        }
        if members.is_empty() {
            Ok(())
        } else {
            self.write_members(page, "member", members)
        }
    }

    fn write_members(&self, page: &mut String, head: &str, members: &[Member]) -> std::fmt::Result {
        writeln!(
            page,
            "\n| {head} | type | occurs | |\n| --- | --- | --- | --- |"
        )?;
        for Member {
            name,
            about,
            kind,
            occurs,
        } in members
        {
            writeln!(
                page,
                "| `{name}` | {} | {occurs} | {} |",
                self.link(kind),
                escaped(about)
            )?;
        }
        Ok(())
    }

    fn kind(&self, name: &str) -> &Type {
        let mut types = self.wsdl.types.iter();
        types
            .find(|kind| kind.name == name)
            .expect("a type of the schema")
    }

    /// Whether a type has a place of its own: it is no wrapper, and more than one reply shows it.
    fn is_shared(&self, name: &str) -> bool {
        let operations = &self.wsdl.operations;
        let replies = operations
            .iter()
            .filter(|operation| operation.result == name)
            .count();
        let is_member = self.wsdl.types.iter().any(|kind| {
            let is_reply = kind.members.len() == 1 && kind.members[0].name == "result";
            !is_reply
                && kind
                    .members
                    .iter()
                    .any(|member| member.kind == format!("tns:{name}"))
        });
        replies > 1 || is_member || name == "ServiceFault"
    }

    /// Simple types are told by the names that XML Schema gives them.
    fn link(&self, kind: &str) -> String {
        match kind.split_once(':') {
            Some(("tns", name)) => {
                format!("[{name}](#{}-type-{})", self.anchor, name.to_lowercase())
            }
            _ => kind.trim_start_matches("xs:").to_owned(),
        }
    }
}

/// What Markdown would take for its own.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for sign in text.chars() {
        if matches!(sign, '<' | '|' | '*' | '_') {
            escaped.push('\\');
        }
        escaped.push(sign);
    }
    escaped
}
