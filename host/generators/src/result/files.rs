//! The files of a result, checked and as bytes.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use lds_domain::license::is_file_name;
use lds_plugin_api::document as doc;

const MAX_FILES: usize = 16;

/// One file while it is completed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FileBytes {
    pub(crate) name: String,
    pub(crate) media_type: String,
    pub(crate) bytes: Vec<u8>,
    /// Given as base64, so that raw signatures may go in.
    pub(crate) binary: bool,
}

/// The files of one result, by place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Files(pub(crate) Vec<FileBytes>);

/// Whether a result can be read and its files are in order, whatever may be
/// granted.
pub(crate) fn check_files(output: &[u8]) -> Result<(), String> {
    let result: doc::GenerateResult = crate::documents::decode(output)?;
    Files::read(result.files).map(drop)
}

impl Files {
    /// Checks number, names and contents; the error is for the log.
    pub(crate) fn read(files: Vec<doc::File>) -> Result<Self, String> {
        if files.is_empty() || files.len() > MAX_FILES {
            return Err(format!("{} files, expected 1 to {MAX_FILES}", files.len()));
        }
        let mut read: Vec<FileBytes> = Vec::with_capacity(files.len());
        for file in files {
            if read.iter().any(|other| other.name == file.name) {
                return Err(format!("two files are named {}", file.name));
            }
            read.push(FileBytes::read(file)?);
        }
        Ok(Self(read))
    }

    /// The place of a file.
    pub(crate) fn place(&self, name: &str) -> Result<usize, String> {
        self.0
            .iter()
            .position(|file| file.name == name)
            .ok_or_else(|| "a signature or seal names a file that is not there".to_owned())
    }

    /// The files as a plugin gets them.
    pub(crate) fn to_documents(&self) -> Vec<doc::File> {
        self.0.iter().map(FileBytes::to_document).collect()
    }
}

impl FileBytes {
    fn read(file: doc::File) -> Result<Self, String> {
        if !is_file_name(&file.name) {
            return Err("a file's name is not allowed".into());
        }
        if file.media_type.is_empty()
            || !file
                .media_type
                .bytes()
                .all(|b| b.is_ascii_graphic() || b == b' ')
        {
            return Err(format!("the media type of {} is not one", file.name));
        }
        let (bytes, binary) = content(file.text, file.base64)?;
        Ok(Self {
            name: file.name,
            media_type: file.media_type,
            bytes,
            binary,
        })
    }

    pub(crate) fn to_document(&self) -> doc::File {
        let (text, base64) = match std::str::from_utf8(&self.bytes) {
            Ok(text) if !self.binary => (Some(text.to_owned()), None),
            _ => (None, Some(STANDARD.encode(&self.bytes))),
        };
        doc::File {
            name: self.name.clone(),
            media_type: self.media_type.clone(),
            text,
            base64,
        }
    }
}

/// The bytes of exactly one of the two members, and whether it was base64.
pub(super) fn content(
    text: Option<String>,
    base64: Option<String>,
) -> Result<(Vec<u8>, bool), String> {
    match (text, base64) {
        (Some(text), None) => Ok((text.into_bytes(), false)),
        (None, Some(base64)) => STANDARD
            .decode(base64)
            .map(|bytes| (bytes, true))
            .map_err(|_| "base64 that is none".into()),
        _ => Err("expected either text or base64".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::{Files, content};
    use lds_plugin_api::document as doc;

    fn file(name: &str) -> doc::File {
        doc::File {
            name: name.into(),
            media_type: "text/plain".into(),
            text: Some(String::new()),
            base64: None,
        }
    }

    #[test]
    fn one_to_sixteen_files_of_different_names() {
        assert!(Files::read(vec![]).is_err());
        let names: Vec<_> = (0..17).map(|n| file(&n.to_string())).collect();
        assert!(Files::read(names[..16].to_vec()).is_ok());
        assert!(Files::read(names).is_err());
        assert!(Files::read(vec![file("a"), file("a")]).is_err());
    }

    #[test]
    fn either_text_or_base64() {
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(content(some("ä"), None), Ok(("ä".into(), false)));
        assert_eq!(content(None, some("AA==")), Ok((vec![0], true)));
        assert!(content(None, some("AA")).is_err());
        assert!(content(None, None).is_err());
        assert!(content(some(""), some("")).is_err());
    }
}
