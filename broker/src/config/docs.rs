//! What every key means, for `ringlog config`, the schema for editors and docs/configuration.md.
//!
//! Constant data. Invariants: every key of `keys` is here and nothing else, and docs/configuration.md says the same
//! (tests compare them); an effect is a measured one.

use super::keys::SMP_MAX;

/// The form of a value.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Form {
    /// An integer, both ends included.
    Number(u64, u64),
    /// Bytes: `512MiB`.
    Size,
    /// `HOST:PORT`.
    Address,
    /// `HOST:PORT` or `off`.
    AddressOrOff,
    /// `0-3,8`.
    CpuList,
    /// A list of directories.
    Directories,
    /// `true` or `false`.
    Switch,
    /// One of these words.
    Choice(&'static [&'static str]),
    /// Text.
    Text,
}

/// One key.
#[derive(Clone, Copy, Debug)]
pub struct KeyDoc {
    /// Dotted; `NAME` stands for a listener's name, `N` for cores.
    pub key: &'static str,
    /// What is accepted.
    pub form: Form,
    /// What holds where it is not set.
    pub default: &'static str,
    /// What it is.
    pub about: &'static str,
    /// What a change of it does, measured; empty where there is nothing to measure.
    pub effect: &'static str,
    /// An example value, as TOML.
    pub example: &'static str,
}

const WAITS: Form = Form::Choice(&["auto", "ring", "flusher"]);
const MICROSECONDS: Form = Form::Number(0, 1_000_000);

/// Every key but Kafka's, in order.
pub static KEYS: &[KeyDoc] = &[
    KeyDoc {
        key: "admin.bind",
        form: Form::AddressOrOff,
        default: "127.0.0.1:9644",
        about: "Where the admin endpoint (status, metrics) listens. It has a thread of its own.",
        effect: "",
        example: "\"127.0.0.1:9644\"",
    },
    KeyDoc {
        key: "commit_log.completion",
        form: WAITS,
        default: "auto",
        about: "Who waits for durable writes: the core's ring, or a flusher thread for each core. \
                `auto` lets the probe at start decide by the device.",
        effect: "One core, a disk without FUA, 64 connections: 74,300 durable produces a second by flusher, 60,900 by \
                 ring; at 5,000 a second over 8 connections p50 0.18 ms by flusher, 6.9 ms by ring.",
        example: "\"ring\"",
    },
    KeyDoc {
        key: "commit_log.size",
        form: Form::Size,
        default: "by the number of partitions",
        about: "The most that a core's commit log takes on disk in each data directory; 16 MiB at least, and \
                never below 32 KiB for each partition.",
        effect: "One core, 64 connections: a start after kill -9 under load takes 0.43 s with 16MiB, 0.71 s with \
                 64MiB, 0.8 to 1.0 s with the default of 256 MiB for few partitions; batches of 64 KiB have a p99 of \
                 9.9, 16 and 5.8 ms. A larger bound than the partitions need changes nothing.",
        example: "\"1GiB\"",
    },
    KeyDoc {
        key: "commit_log.window_us",
        form: MICROSECONDS,
        default: "0",
        about: "After a commit the next one waits so long, microseconds, to gather more records.",
        effect: "One core, 5,000 produces a second over 8 connections: p50 0.21 ms and 144 us of CPU each with 0, 0.49 ms \
                 and 125 us with 200, 1.7 ms and 60 us with 2000; 64 connections: 63,700, 58,700, 25,700 a second.",
        example: "100",
    },
    KeyDoc {
        key: "core.N.commit_window_us",
        form: MICROSECONDS,
        default: "commit_log.window_us",
        about: "`commit_log.window_us` of these cores.",
        effect: "One core, 5,000 produces a second over 8 connections: p50 0.20 ms and 146 us of CPU each with 0, 0.62 ms and \
                 114 us with 500.",
        example: "100",
    },
    KeyDoc {
        key: "core.N.completion",
        form: WAITS,
        default: "commit_log.completion",
        about: "`commit_log.completion` of these cores.",
        effect: "One core, a disk without FUA, 5,000 produces a second over 8 connections: p50 0.26 ms with flusher; with \
                 ring it falls behind, and an answer takes a second where the load generator spins on the other CPU.",
        example: "\"ring\"",
    },
    KeyDoc {
        key: "core.N.cpu",
        form: Form::Number(0, 8191),
        default: "the next of cpu.set",
        about: "The CPU that the core's thread is pinned to.",
        effect: "",
        example: "12",
    },
    KeyDoc {
        key: "core.N.memory",
        form: Form::Size,
        default: "an equal share of memory.total",
        about: "The memory that the core may use for requests, tails and answers.",
        effect: "One core, 32 connections and batches of 64 KiB: 109 MiB resident at most with 64MiB, 328 MiB with 512MiB, \
                 330 MiB with 2GiB, at the same rates.",
        example: "\"1GiB\"",
    },
    KeyDoc {
        key: "core.N.spin_us",
        form: MICROSECONDS,
        default: "runtime.spin_us",
        about: "`runtime.spin_us` of these cores.",
        effect: "One core, one connection: p50 of a durable produce 0.37 ms with 0, 0.23 ms with 500.",
        example: "20",
    },
    KeyDoc {
        key: "cpu.set",
        form: Form::CpuList,
        default: "all that the process may run on (dev: the first four)",
        about: "The CPUs that cores are pinned to, one each; of four or more the last is the control core's alone.",
        effect: "",
        example: "\"0-7\"",
    },
    KeyDoc {
        key: "cpu.smp",
        form: Form::Number(1, SMP_MAX),
        default: "as many as there are CPUs for",
        about: "The number of data cores. Partitions belong to cores; a change redistributes them at the next start.",
        effect: "Two CPUs, the load generator on one of them, 64 connections: 65,000 to 89,000 durable produces a \
                 second and a p99 of 1.5 to 2.2 ms with 1, 21,000 and 4.9 ms with 2. A CPU that others use is no data \
                 core.",
        example: "7",
    },
    KeyDoc {
        key: "data.dirs",
        form: Form::Directories,
        default: "dev: under the user's data directory",
        about: "The data directories, one for each device. The first also holds the metadata log.",
        effect: "",
        example: "[\"/var/lib/ringlog/data\"]",
    },
    KeyDoc {
        key: "data.lock_wait_ms",
        form: Form::Number(0, 600_000),
        default: "10000",
        about: "How long a start waits, milliseconds, for the process that had the directory before.",
        effect: "",
        example: "10000",
    },
    KeyDoc {
        key: "listener.NAME.advertise",
        form: Form::Address,
        default: "the address that the client connected to",
        about: "Where clients of this listener are told to connect.",
        effect: "",
        example: "\"kafka.example.com:9092\"",
    },
    KeyDoc {
        key: "listener.NAME.bind",
        form: Form::Address,
        default: "127.0.0.1:9092",
        about: "Where this listener listens. Of several each needs its own.",
        effect: "",
        example: "\"0.0.0.0:9092\"",
    },
    KeyDoc {
        key: "log.debug",
        form: Form::Switch,
        default: "false",
        about: "Log lines for developers too.",
        effect: "",
        example: "true",
    },
    KeyDoc {
        key: "log.format",
        form: Form::Choice(&["text", "json"]),
        default: "text",
        about: "The form of the start lines and of the log.",
        effect: "",
        example: "\"json\"",
    },
    KeyDoc {
        key: "memory.total",
        form: Form::Size,
        default: "half of the machine's (dev: 2 GiB at most)",
        about: "The memory of the whole broker. Cores slow their readers at their share instead of passing it.",
        effect: "One core, 64 connections and batches of 64 KiB: 172 MiB resident at most with 256MiB, 337 MiB with \
                 1GiB, 339 MiB with the default, at the same rates.",
        example: "\"16GiB\"",
    },
    KeyDoc {
        key: "node.cluster_id",
        form: Form::Text,
        default: "made when the directory is new",
        about: "The cluster's id. An existing directory must have the same.",
        effect: "",
        example: "\"my-cluster\"",
    },
    KeyDoc {
        key: "node.id",
        form: Form::Number(0, 2_147_483_647),
        default: "1",
        about: "This node's id.",
        effect: "",
        example: "1",
    },
    KeyDoc {
        key: "node.rack",
        form: Form::Text,
        default: "none",
        about: "Where the node stands; clients with the same `client.rack` are told.",
        effect: "",
        example: "\"r1\"",
    },
    KeyDoc {
        key: "runtime.kind",
        form: Form::Choice(&["uring", "glommio"]),
        default: "uring",
        about: "What runs the cores: our own loop on io_uring, or the executor of the crate glommio, where the program \
                was built with it (`cargo build --release -p ringlog --features glommio`).",
        effect: "One core, 64 connections: 87,400 durable produces a second and 10.4 us of CPU each with \
                 uring, 40,700 and 22.3 with glommio; one connection: p50 0.14 and 0.24 ms.",
        example: "\"glommio\"",
    },
    KeyDoc {
        key: "runtime.spin_us",
        form: MICROSECONDS,
        default: "50",
        about: "How long a core that has nothing to do looks for work before it sleeps, microseconds. Where looking \
                finds nothing the core soon stops it by itself.",
        effect: "One core, one connection: p50 of a durable produce 0.32 ms with 0, 0.24 with 50, 0.21 with 500; at 5,000 \
                 a second over 8 connections 95, 144 and 181 us of CPU each; 64 connections: 53,000, 63,700, 66,400 a second.",
        example: "20",
    },
];

/// The entry for `key` as it is written, for example `core.2-7.memory`.
#[must_use]
pub fn find(key: &str) -> Option<&'static KeyDoc> {
    let general = match key.split_once('.') {
        Some((table @ ("core" | "listener"), rest)) => {
            let (_, last) = rest.rsplit_once('.')?;
            format!("{table}.{}.{last}", if table == "core" { "N" } else { "NAME" })
        }
        _ => key.to_owned(),
    };
    KEYS.iter().find(|doc| doc.key == general)
}

impl Form {
    /// What is accepted, for people.
    #[must_use]
    pub fn accepted(self) -> String {
        match self {
            Self::Number(from, to) => format!("{from} to {to}"),
            Self::Size => "a size: 4096, 512MiB, 2GiB".into(),
            Self::Address => "HOST:PORT".into(),
            Self::AddressOrOff => "HOST:PORT or off".into(),
            Self::CpuList => "CPUs: 0-3,8".into(),
            Self::Directories => "directories".into(),
            Self::Switch => "true or false".into(),
            Self::Choice(words) => words.join(", "),
            Self::Text => "text".into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Settings, keys};
    use super::*;

    #[test]
    fn every_key_is_described_and_no_other() {
        let mut known: Vec<String> = keys::KEYS.iter().map(|(name, _)| (*name).to_owned()).collect();
        known.extend(keys::CORE_KEYS.iter().map(|key| format!("core.N.{key}")));
        known.extend(keys::LISTENER_KEYS.iter().map(|key| format!("listener.NAME.{key}")));
        known.sort();
        let described: Vec<&str> = KEYS.iter().map(|doc| doc.key).collect();
        assert_eq!(described, known);
    }

    #[test]
    fn examples_and_choices_are_accepted_and_what_lies_beyond_is_not() {
        let apply = |key: &str, value: &str| keys::apply(&mut Settings::default(), key, value);
        for doc in KEYS {
            let key = doc.key.replace(".NAME", ".plaintext").replace(".N", ".2-7");
            let example = doc.example.trim_matches(['[', ']']).replace('"', "");
            assert_eq!(apply(&key, &example), Ok(()), "{key}");
            match doc.form {
                Form::Number(from, to) => {
                    assert!(apply(&key, &from.to_string()).is_ok() && apply(&key, &to.to_string()).is_ok());
                    assert!(apply(&key, &(to + 1).to_string()).is_err(), "{key}");
                    assert!(from == 0 || apply(&key, &(from - 1).to_string()).is_err(), "{key}");
                }
                Form::Choice(words) => assert!(words.iter().all(|word| apply(&key, word).is_ok()), "{key}"),
                Form::AddressOrOff => assert!(apply(&key, "off").is_ok()),
                Form::Size | Form::Address | Form::CpuList | Form::Switch => {
                    assert!(apply(&key, "nonsense!").is_err(), "{key}");
                }
                Form::Directories | Form::Text => {}
            }
        }
        let spin = find("runtime.spin_us").map(|doc| doc.default);
        assert_eq!(spin, Some(Settings::default().spin_us.to_string().as_str()));
    }

    #[test]
    fn the_page_describes_every_key() {
        let page = include_str!("../../../docs/configuration.md");
        for doc in KEYS {
            assert!(
                page.contains(&format!("### `{}`\n", doc.key)),
                "docs/configuration.md lacks {}",
                doc.key
            );
            for text in [doc.about, doc.effect, doc.default] {
                assert!(page.contains(text), "docs/configuration.md lacks of {}: {text}", doc.key);
            }
        }
    }
}
