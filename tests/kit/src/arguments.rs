//! The command line.

use std::path::PathBuf;

/// What to do.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Arguments {
    pub(crate) digits: usize,
    pub(crate) fault: Option<Fault>,
    pub(crate) files: Files,
}

/// Where the text comes from and goes to.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Files {
    InPlace(PathBuf),
    InOut(PathBuf, PathBuf),
    Stdio,
}

/// One way to misbehave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// The first placeholder stays.
    LeaveOne,
    /// The first grant is for one more.
    ChangeCount,
    /// The last grant is gone.
    DropLine,
    /// A whole text, and a failure.
    Exit,
    /// Nothing comes out.
    Empty,
    /// It never ends.
    Hang,
}

const USAGE: &str = "usage: kit [--digits N] \
    [--fault leave-one|change-count|drop-line|exit|empty|hang] \
    in_place FILE | in_out IN OUT | stdio";

impl Arguments {
    pub(crate) fn parse(arguments: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut arguments = arguments.peekable();
        let (mut digits, mut fault) = (120, None);
        while let Some(option) = arguments.next_if(|argument| argument.starts_with("--")) {
            let value = arguments.next().ok_or(USAGE)?;
            match option.as_str() {
                "--digits" => digits = value.parse().map_err(|_| USAGE)?,
                "--fault" => fault = Some(Fault::named(&value).ok_or(USAGE)?),
                _ => return Err(USAGE.to_owned()),
            }
        }
        let rest: Vec<_> = arguments.collect();
        let files = match rest.iter().map(String::as_str).collect::<Vec<_>>()[..] {
            ["in_place", path] => Files::InPlace(path.into()),
            ["in_out", input, output] => Files::InOut(input.into(), output.into()),
            ["stdio"] => Files::Stdio,
            _ => return Err(USAGE.to_owned()),
        };
        Ok(Self {
            digits,
            fault,
            files,
        })
    }
}

impl Fault {
    fn named(name: &str) -> Option<Self> {
        Some(match name {
            "leave-one" => Self::LeaveOne,
            "change-count" => Self::ChangeCount,
            "drop-line" => Self::DropLine,
            "exit" => Self::Exit,
            "empty" => Self::Empty,
            "hang" => Self::Hang,
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{Arguments, Fault, Files};

    fn parse(line: &str) -> Result<Arguments, String> {
        Arguments::parse(line.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn options_come_before_the_mode() {
        let expected = Arguments {
            digits: 60,
            fault: Some(Fault::DropLine),
            files: Files::InOut("a".into(), "b".into()),
        };
        assert_eq!(
            parse("--digits 60 --fault drop-line in_out a b"),
            Ok(expected)
        );
        assert_eq!(parse("stdio").unwrap().digits, 120);
    }

    #[test]
    fn anything_else_is_told_the_usage() {
        for line in [
            "",
            "in_place",
            "stdio x",
            "--digits x stdio",
            "--fault none stdio",
            "--x y stdio",
            "--digits",
        ] {
            assert!(parse(line).unwrap_err().starts_with("usage"), "{line}");
        }
    }
}
