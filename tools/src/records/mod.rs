//! `ringctl produce` and `ringctl consume`: records in the format languages of rpk and kcat.
//!
//! Owner: one process. Invariant: a format is read whole before a record is: what is wrong with it costs no record.

pub mod consume;
mod kcat;
mod language;
mod number;
mod print;
pub mod produce;
mod range;
mod read;
mod time;
mod unpack;
