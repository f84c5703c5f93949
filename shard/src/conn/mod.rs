//! One client connection: its framing, its budget, its answers in order.
//!
//! Owner: one core; a connection never moves. Invariants: requests are handled in their order, and answered in
//! it; a peer that sends nonsense, or reads too slowly, costs itself its connection and others nothing.

pub mod budget;
pub mod frame;
pub mod queue;
