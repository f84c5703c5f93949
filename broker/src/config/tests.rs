//! Layers, strict keys, lines and suggestions.

use super::*;
use crate::cli::Common;
use crate::error::Failure;
use std::path::{Path, PathBuf};

struct Dir(PathBuf);

impl Dir {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("ringlog-config-{name}-{}", std::process::id()));
        std::fs::create_dir_all(path.join("cores.d")).expect("create");
        Self(path)
    }

    fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.0.join(name);
        std::fs::write(&path, text).expect("write");
        path
    }
}

impl Drop for Dir {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn start(config: &Path, env: &[(&str, &str)], flags: &Common) -> Result<Settings, Failure> {
    let env: Vec<(String, String)> = env.iter().map(|(k, v)| ((*k).into(), (*v).into())).collect();
    load(Mode::Start { config }, env.into_iter(), None, flags)
}

fn dev(flags: &Common) -> Result<Settings, Failure> {
    load(Mode::Dev { home: Some(Path::new("/home/u/dev")) }, std::iter::empty(), None, flags)
}

fn origin(settings: &Settings, key: &str) -> String {
    settings.given(key).map_or(String::new(), |given| given.origin.to_string())
}

#[test]
fn dev_needs_nothing() {
    let s = dev(&Common::default()).expect("defaults");
    assert_eq!(s.data_dirs, [PathBuf::from("/home/u/dev")]);
    let [listener] = s.listeners.as_slice() else { panic!("one listener") };
    assert_eq!(listener.bind, Some(HostPort::new("127.0.0.1", 9092)));
    assert_eq!(listener.advertise, None);
    assert_eq!(s.admin, Some(HostPort::new("127.0.0.1", 9644)));
    assert!(s.given.is_empty());
}

#[test]
fn a_list_of_directories_on_the_command_line_is_not_taken_in_the_form_of_the_file() {
    let set = |v: &str| dev(&Common { set: vec![format!("data.dirs={v}")], ..Common::default() });
    assert_eq!(set("/a,/b").expect("two").data_dirs, [PathBuf::from("/a"), PathBuf::from("/b")]);
    for quoted in [r#"["/a", "/b"]"#, r#""/a","/b""#] {
        let failure = set(quoted).expect_err(quoted);
        assert!(format!("{failure:?}").contains("data.dirs=/first,/second"), "{failure:?}");
    }
}

#[test]
fn later_layers_win_and_say_where_they_are_from() {
    let dir = Dir::new("layers");
    let file = dir.write(
        "ringlog.toml",
        "[data]\ndirs = [\"/a\", \"/b\"]\n\n[runtime]\nspin_us = 1\n[memory]\ntotal = \"1GiB\"\n\
         [commit_log]\nwindow_us = 5\n[kafka]\nnum.partitions = 3\n",
    );
    let env = [
        ("RINGLOG__RUNTIME__SPIN_US", "2"),
        ("RINGLOG__MEMORY__TOTAL", "2GiB"),
        ("HOME", "/x"),
        ("RINGLOG__KAFKA__MESSAGE_MAX_BYTES", "77"),
    ];
    let flags = Common {
        memory: Some("3GiB".into()),
        set: vec!["auto.create.topics.enable=false".into()],
        ..Common::default()
    };
    let s = start(&file, &env, &flags).expect("loads");
    assert_eq!((s.commit_window_us, s.spin_us, s.memory), (5, 2, Some(3 << 30)));
    assert_eq!(origin(&s, "commit_log.window_us"), format!("{}:9", file.display()));
    assert_eq!(origin(&s, "runtime.spin_us"), "environment RINGLOG__RUNTIME__SPIN_US");
    assert_eq!(origin(&s, "memory.total"), "flag --memory");
    let kafka: Vec<(&str, &str)> = s.kafka.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
    assert_eq!(
        kafka,
        [("auto.create.topics.enable", "false"), ("message.max.bytes", "77"), ("num.partitions", "3")]
    );
}

#[test]
fn several_listeners_and_cores_d() {
    let dir = Dir::new("cores");
    let file = dir.write(
        "ringlog.toml",
        "[data]\ndirs = [\"/a\"]\n[listener.inside]\nbind = \"10.0.0.1:9092\"\n\
         [listener.outside]\nbind = \"0.0.0.0:9093\"\nadvertise = \"kafka.example:9093\"\n\
         [core.default]\nspin_us = 7\nmemory = \"64MiB\"\n",
    );
    dir.write("cores.d/10.toml", "[core.\"2-7\"]\ncompletion = \"ring\"\nspin_us = 9\n[core.3]\ncpu = 12\n");
    let s = start(&file, &[], &Common::default()).expect("loads");
    let names: Vec<&str> = s.listeners.iter().map(|l| l.name.as_str()).collect();
    assert_eq!(names, ["INSIDE", "OUTSIDE"]);
    assert_eq!(
        s.core(1),
        CoreSettings { spin_us: Some(7), memory: Some(64 << 20), ..CoreSettings::default() }
    );
    let three = s.core(3);
    assert_eq!((three.cpu, three.spin_us, three.completion), (Some(12), Some(9), Some(Completion::Ring)));
    assert_eq!(s.core(8).completion, None);
    let from = |core, key| s.given_for_core(core, key).map_or("built in".into(), |g| g.origin.to_string());
    assert!(from(3, "spin_us").ends_with("10.toml:3"), "{}", from(3, "spin_us"));
    assert!(from(3, "cpu").ends_with("10.toml:5"), "{}", from(3, "cpu"));
    assert!(from(3, "memory").ends_with("ringlog.toml:10"), "{}", from(3, "memory"));
    assert!(from(1, "spin_us").ends_with("ringlog.toml:9"), "{}", from(1, "spin_us"));
    assert_eq!(from(1, "cpu"), "built in");
}

fn code(result: Result<Settings, Failure>) -> (&'static str, String) {
    let e = result.expect_err("must be refused");
    (e.code, e.what)
}

#[test]
fn unknown_keys_are_refused_with_line_and_suggestion() {
    let dir = Dir::new("strict");
    let file = dir.write("ringlog.toml", "[data]\ndirs = [\"/a\"]\n\n[runtime]\nspin_su = 1\n");
    let (c, what) = code(start(&file, &[], &Common::default()));
    assert_eq!(c, "P021");
    assert!(what.ends_with("ringlog.toml:5   did you mean `runtime.spin_us`?"), "{what}");

    let file = dir.write("ringlog.toml", "[data]\ndirs = [\"/a\"]\n");
    dir.write("cores.d/03.toml", "# cores\n\n[core.3]\nspin_uss = 1\n");
    let (c, what) = code(start(&file, &[], &Common::default()));
    assert_eq!(c, "P021");
    assert!(what.ends_with("cores.d/03.toml:4   did you mean `core.3.spin_us`?"), "{what}");
    dir.write("cores.d/03.toml", "[node]\nid = 1\n");
    assert_eq!(code(start(&file, &[], &Common::default())).0, "P021");
}

#[test]
fn bad_input_gets_its_code() {
    let dir = Dir::new("bad");
    let file = dir.write("ringlog.toml", "[data\n");
    let (c, what) = code(start(&file, &[], &Common::default()));
    assert_eq!(c, "P023");
    assert!(what.contains("ringlog.toml:1"), "{what}");
    let file = dir.write("ringlog.toml", "[node]\nid = 5\n");
    assert_eq!(code(start(&file, &[], &Common::default())).0, "P024");
    assert_eq!(code(start(&dir.0.join("none.toml"), &[], &Common::default())).0, "P020");
    let flags = |set: &str| Common { set: vec![set.into()], ..Common::default() };
    assert_eq!(code(dev(&flags("num.partitons=4"))).0, "P021");
    assert_eq!(code(dev(&flags("node.id=x"))).0, "P022");
    assert_eq!(code(dev(&flags("node.id"))).0, "P002");
    assert_eq!(code(dev(&Common { advertise: Some("0.0.0.0:1".into()), ..Common::default() })).0, "P034");
    assert_eq!(code(dev(&Common { smp: Some("0".into()), ..Common::default() })).0, "P002");
}
