//! Record batches (format v2): view, walk, validation, stamping, building.
//!
//! Owner: nobody; pure functions over bytes. Invariants: nothing here trusts a count or a length before the
//! bytes are there, and no input panics.

pub mod batch;
pub mod build;
pub mod control;
pub mod cursor;
pub mod recompress;
pub mod scan;
pub mod stamp;
pub mod validate;
pub mod walk;

#[cfg(test)]
mod java_tests;
