//! HTTP as such: connections, where a request comes from, media types, bodies, replies. It must
//! not know what is served.

pub(crate) mod body;
pub(crate) mod check;
pub(crate) mod connection;
mod crowd;
mod forwarded;
pub(crate) mod head;
pub(crate) mod media;
pub(crate) mod origin;
pub(crate) mod reply;
pub(crate) mod room;
mod wire;
