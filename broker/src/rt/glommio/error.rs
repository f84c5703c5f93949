//! glommio's errors as those of the system call, which is what the seams promise.
//!
//! Owner: none, stateless.

use glommio::GlommioError;
use std::io;

/// The error of the call itself. glommio's own conversion turns some into text, and the number is lost.
pub(super) fn of_call<T>(e: GlommioError<T>) -> io::Error {
    match e {
        GlommioError::IoError(e) | GlommioError::EnhancedIoError { source: e, .. } => e,
        other => other.into(),
    }
}
