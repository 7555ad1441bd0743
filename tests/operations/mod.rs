//! Every operation of the served WSDLs: its replies by the schema, its members when they are wrong,
//! and who may call it. What there is to call is read from the WSDLs, so that nothing is left out.

mod access;
mod element;
pub(crate) mod golden;
mod members;
mod replies;
mod schema;
mod shapes;
mod sorts;
mod states;
mod world;
