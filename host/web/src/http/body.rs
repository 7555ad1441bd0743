//! Reads request bodies: within a size, within a time, unpacked. It must not know what is in them.

use std::io::Read;
use std::time::Duration;

use flate2::read::MultiGzDecoder;
use http_body_util::BodyExt;
use hyper::HeaderMap;
use hyper::body::{Body, Bytes};
use hyper::header::{CONTENT_ENCODING, CONTENT_LENGTH};

use super::room::{Held, Room, Share};

/// Packed bytes begin so.
const GZIP: [u8; 2] = [0x1f, 0x8b];

/// How much of a body is read, and for how long.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// Bytes, packed and unpacked.
    pub(crate) size: usize,
    /// From the first byte to the last.
    pub(crate) time: Duration,
}

/// Why a body was not read to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refused {
    /// Larger than allowed, or packed twice to seem smaller.
    TooLarge,
    /// Not all there in time.
    Slow,
    /// Too much else is being read.
    Full,
    /// It broke off, or is not packed as its header says.
    Broken,
    /// Packed in another way than gzip.
    Coding,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Coding {
    Plain,
    Gzip,
}

/// Reads a body. What is too large by its own word is refused before anything is read.
pub(crate) async fn read<B>(
    body: &mut B,
    headers: &HeaderMap,
    limits: Limits,
    room: &Room,
) -> Result<Held, Refused>
where
    B: Body<Data = Bytes> + Unpin,
{
    let coding = coding(headers)?;
    if length(headers).is_some_and(|length| length > limits.size as u64) {
        return Err(Refused::TooLarge);
    }
    let mut share = room.share();
    let collected = collect(body, limits.size, &mut share);
    let mut bytes = tokio::time::timeout(limits.time, collected)
        .await
        .map_err(|_| Refused::Slow)??;
    if coding == Coding::Gzip {
        bytes = unpack(&bytes, limits.size)?;
        share.grow(bytes.len()).ok_or(Refused::Full)?;
    }
    Ok(Held {
        bytes,
        _share: share,
    })
}

fn coding(headers: &HeaderMap) -> Result<Coding, Refused> {
    let mut coding = Coding::Plain;
    for value in headers.get_all(CONTENT_ENCODING) {
        let value = value.to_str().map_err(|_| Refused::Coding)?;
        for name in value.split(',').map(str::trim) {
            match name.to_ascii_lowercase().as_str() {
                "" | "identity" => {}
                "gzip" | "x-gzip" if coding == Coding::Gzip => return Err(Refused::TooLarge),
                "gzip" | "x-gzip" => coding = Coding::Gzip,
                _ => return Err(Refused::Coding),
            }
        }
    }
    Ok(coding)
}

fn length(headers: &HeaderMap) -> Option<u64> {
    headers.get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

/// Most bodies are one chunk, which is not copied.
async fn collect<B>(body: &mut B, limit: usize, share: &mut Share) -> Result<Bytes, Refused>
where
    B: Body<Data = Bytes> + Unpin,
{
    let first = chunk(body).await?.unwrap_or_default();
    if first.len() > limit {
        return Err(Refused::TooLarge);
    }
    let Some(second) = chunk(body).await? else {
        return Ok(first);
    };
    share.grow(first.len()).ok_or(Refused::Full)?;
    let mut all = first.to_vec();
    let mut next = Some(second);
    while let Some(chunk_) = next {
        if all.len() + chunk_.len() > limit {
            return Err(Refused::TooLarge);
        }
        share.grow(all.len() + chunk_.len()).ok_or(Refused::Full)?;
        all.extend_from_slice(&chunk_);
        next = chunk(body).await?;
    }
    Ok(all.into())
}

/// The next piece of data; trailers are passed over.
async fn chunk<B>(body: &mut B) -> Result<Option<Bytes>, Refused>
where
    B: Body<Data = Bytes> + Unpin,
{
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| Refused::Broken)?;
        if let Ok(data) = frame.into_data() {
            return Ok(Some(data));
        }
    }
    Ok(None)
}

fn unpack(bytes: &[u8], limit: usize) -> Result<Bytes, Refused> {
    let mut out = Vec::new();
    MultiGzDecoder::new(bytes)
        .take(limit as u64 + 1)
        .read_to_end(&mut out)
        .map_err(|_| Refused::Broken)?;
    if out.len() > limit || out.starts_with(&GZIP) {
        return Err(Refused::TooLarge);
    }
    Ok(out.into())
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::GzEncoder;
    use http_body_util::Full;

    use super::*;

    const LIMITS: Limits = Limits {
        size: 1000,
        time: Duration::from_secs(1),
    };

    fn packed(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    async fn read_packed(coding: &str, bytes: Vec<u8>) -> Result<Bytes, Refused> {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_ENCODING, coding.parse().unwrap());
        read_all(&mut Full::new(Bytes::from(bytes)), &headers).await
    }

    async fn read_all<B>(body: &mut B, headers: &HeaderMap) -> Result<Bytes, Refused>
    where
        B: Body<Data = Bytes> + Unpin,
    {
        let held = read(body, headers, LIMITS, &Room::new(LIMITS.size)).await;
        held.map(|held| held.bytes)
    }

    #[tokio::test]
    async fn bodies_are_read_up_to_the_limit() {
        for (size, good) in [(0, true), (1000, true), (1001, false)] {
            let mut body = Full::new(Bytes::from(vec![b'x'; size]));
            let read = read_all(&mut body, &HeaderMap::new()).await;
            assert_eq!(read.map(|bytes| bytes.len()).ok(), good.then_some(size));
        }
    }

    #[tokio::test]
    async fn a_large_body_is_refused_by_its_word() {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_LENGTH, 1001.into());
        let mut body = Full::new(Bytes::from_static(b"unread"));
        let refused = read_all(&mut body, &headers).await;
        assert_eq!(refused, Err(Refused::TooLarge));
        assert!(!body.is_end_stream());
    }

    #[tokio::test]
    async fn a_packed_body_is_measured_unpacked() {
        let text = vec![b'x'; 1000];
        assert_eq!(read_packed("GZip", packed(&text)).await, Ok(text.into()));
        let bomb = packed(&vec![b'x'; 1001]);
        assert_eq!(read_packed("gzip", bomb).await, Err(Refused::TooLarge));
    }

    #[tokio::test]
    async fn what_is_packed_twice_or_otherwise_is_refused() {
        let twice = packed(&packed(b"x"));
        let too_large = Err(Refused::TooLarge);
        assert_eq!(read_packed("gzip, gzip", twice.clone()).await, too_large);
        assert_eq!(read_packed("gzip", twice).await, too_large);
        assert_eq!(read_packed("br", vec![]).await, Err(Refused::Coding));
        assert_eq!(
            read_packed("gzip", b"plain".to_vec()).await,
            Err(Refused::Broken)
        );
        assert_eq!(read_packed("identity", b"x".to_vec()).await, Ok("x".into()));
    }

    #[tokio::test]
    async fn a_body_of_several_chunks_is_put_together() {
        let chunks = [&b"one "[..], b"two ", b"three"].map(Bytes::from_static);
        let frames =
            chunks.map(|chunk| Ok::<_, std::convert::Infallible>(hyper::body::Frame::data(chunk)));
        let mut body = http_body_util::StreamBody::new(futures_util::stream::iter(frames));
        let read = read_all(&mut body, &HeaderMap::new()).await;
        assert_eq!(read, Ok("one two three".into()));
    }
}
