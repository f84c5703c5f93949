//! Tests of the real binary: started, spoken to, killed and stopped as an operator and a client would.
//!
//! Each test has its own data directory and ports below the ephemeral range. Nothing sleeps; a read that gets
//! nothing for `broker::PATIENCE` fails the test.

mod broker;
mod budgets;
mod client;
mod directories;
mod durable;
mod forbidden;
mod hostile;
mod start;
mod stop;
