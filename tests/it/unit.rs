//! The shipped systemd unit and the container file: the program runs under what they say.
//!
//! Neither systemd nor a container engine runs in a test, so their means are imitated: a filter of
//! system calls (`tests/unit/filter.c`), a limit of memory, and for root a user and folders.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::os::unix::fs::{PermissionsExt as _, chown};
use std::path::{Path, PathBuf};
use std::process::Command;

use rustix::process::Signal;
use vakhta::testing::demo::Behaviour;

use crate::harness::ADMIN;
use crate::process::{Ground, Invocation, Process, run};

const UNIT: &str = include_str!("../../packaging/vakhta.service");
const CONTAINER: &str = include_str!("../../packaging/Containerfile");
const GROUPS: &str = include_str!("../data/syscall-groups.txt");

/// Of the range that systemd takes dynamic users from.
const SOMEBODY: u32 = 61_500;

/// Where the unit keeps its data.
const STATE: &str = "/var/lib/vakhta";

/// Mounts that make everything but the state read-only, then the user without rights.
const AS_SOMEBODY: &str = "umask $MASK; mount --bind \"$STATE\" \"$STATE\" && mount -o remount,bind,ro / && \
    cd \"$STATE\" && exec setpriv --reuid=$OWNER --regid=$OWNER --clear-groups --bounding-set=-all --inh-caps=-all \
    prlimit --data=$MEMORY \"$@\"";

/// The same for a test without the right to mount or to become somebody else.
const AS_OURSELVES: &str = "umask $MASK; cd \"$STATE\" && exec prlimit --data=$MEMORY \"$@\"";

/// All values of a key of the unit.
fn values(key: &str) -> impl Iterator<Item = &'static str> {
    let lines = UNIT.lines().filter_map(|line| line.split_once('='));
    lines.filter_map(move |(of, value)| (of == key).then_some(value))
}

fn value(key: &str) -> &'static str {
    values(key).next().unwrap()
}

/// A name of the unit: a call, or a group of calls.
fn expand(name: &str) -> BTreeSet<String> {
    let Some(group) = name.strip_prefix('@') else {
        return [name.to_owned()].into();
    };
    let words = |line: &'static str| line.split_whitespace();
    let line = GROUPS
        .lines()
        .find(|line| words(line).next().and_then(|of| of.strip_prefix('@')) == Some(group));
    let line = line.unwrap_or_else(|| panic!("{name} is not in the list of groups"));
    words(line).skip(1).flat_map(expand).collect()
}

/// The calls that the unit allows.
fn allowed() -> BTreeSet<String> {
    // What systemd itself needs to start a service.
    let mut allowed = expand("@default");
    for names in values("SystemCallFilter") {
        match names.strip_prefix('~') {
            Some(names) => {
                let refused = names.split_whitespace().flat_map(expand);
                refused.for_each(|name| {
                    allowed.remove(&name);
                });
            }
            None => allowed.extend(names.split_whitespace().flat_map(expand)),
        }
    }
    allowed
}

/// Builds the program that applies the filter. `refused` says what becomes of all other calls.
fn build_filter(ground: &Ground, allowed: &BTreeSet<String>, refused: &str) {
    let calls: String = allowed
        .iter()
        .map(|name| format!("#ifdef __NR_{name}\n__NR_{name},\n#endif\n"))
        .collect();
    ground.write("calls.h", &calls);
    let families = value("RestrictAddressFamilies").replace(' ', ", ");
    ground.write("families.h", &families);
    let built = Command::new("cc")
        .args(["-std=gnu11", "-Wall", "-Wextra", "-Werror", "-I"])
        .arg(ground.folder.path())
        .arg(format!("-DREFUSED={refused}"))
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/unit/filter.c"))
        .arg("-o")
        .arg(ground.path("filter"))
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&built.stderr);
    assert!(built.status.success(), "{said}");
}

/// Whether a test may mount and become somebody else; the answer no is printed past the capture.
pub(crate) fn may_mount() -> bool {
    let tried = Command::new("unshare").args(["--mount", "true"]).output();
    let may = rustix::process::geteuid().is_root() && tried.is_ok_and(|end| end.status.success());
    if !may {
        let line = "skipped: users and folders of the unit and the container (needs root)\n";
        std::io::stderr().write_all(line.as_bytes()).unwrap();
    }
    may
}

/// The folder of the unit's data, and everything that somebody else must reach.
fn furnish(ground: &Ground) -> PathBuf {
    let open = std::fs::Permissions::from_mode(0o755);
    std::fs::set_permissions(ground.folder.path(), open).unwrap();
    let program = env!("CARGO_BIN_EXE_vakhta");
    std::fs::copy(program, ground.path("vakhta")).unwrap();
    let state = ground.path("state");
    std::fs::create_dir(&state).unwrap();
    // Only root may give it away, and only root needs to.
    chown(&state, Some(SOMEBODY), Some(SOMEBODY)).ok();
    state
}

/// The program as the unit starts it.
fn unit(ground: &Ground, arguments: &[&str]) -> Invocation {
    let (state, filter, program) = (
        ground.path("state"),
        ground.path("filter"),
        ground.path("vakhta"),
    );
    let config = ground.path("bot.toml");
    let given = |word| match word {
        "/etc/vakhta/bot.toml" => config.to_str().unwrap(),
        word => word,
    };
    let (starter, script) = match may_mount() {
        true => (
            "unshare",
            ["--mount", "sh", "-c", AS_SOMEBODY, "sh"].as_slice(),
        ),
        false => ("sh", ["-c", AS_OURSELVES, "sh"].as_slice()),
    };
    let paths = [filter.to_str().unwrap(), program.to_str().unwrap()];
    let words: Vec<&str> = script
        .iter()
        .copied()
        .chain(paths)
        .chain(arguments.iter().copied().map(given))
        .collect();
    let megabytes = value("MemoryMax").strip_suffix('M').unwrap();
    let memory = megabytes.parse::<u64>().unwrap() << 20;
    let mut invocation = ground
        .command(Path::new(starter), &words)
        .env("STATE", state.to_str().unwrap())
        .env("OWNER", &SOMEBODY.to_string())
        .env("MASK", value("UMask"))
        .env("MEMORY", &memory.to_string());
    for (name, value) in values("Environment").filter_map(|line| line.split_once('=')) {
        let value = value.replace(STATE, state.to_str().unwrap());
        invocation = invocation.env(name, &value);
    }
    invocation
}

/// The unit's own command line.
fn command_line() -> Vec<&'static str> {
    value("ExecStart").split_whitespace().skip(1).collect()
}

/// A number of a running process, by its name in a file of `/proc`.
fn fact(process: &Process, file: &str, name: &str) -> String {
    let text = std::fs::read_to_string(format!("/proc/{}/{file}", process.id())).unwrap();
    let line = text.lines().find_map(|line| line.strip_prefix(name));
    line.unwrap().trim_start_matches(':').trim().to_owned()
}

/// The niceness of a thread.
fn niceness(process: &Process, thread: &str) -> i32 {
    let tasks = std::fs::read_dir(format!("/proc/{}/task", process.id())).unwrap();
    let stats =
        tasks.map(|task| std::fs::read_to_string(task.unwrap().path().join("stat")).unwrap());
    let named = |stat: &String| stat.contains(&format!("({thread})"));
    let stat = stats.into_iter().find(named).unwrap();
    let (_, fields) = stat.rsplit_once(')').unwrap();
    fields.split_whitespace().nth(16).unwrap().parse().unwrap()
}

/// A run, a reload, a check from outside, a copy, and the stop.
async fn lives(ground: &Ground) {
    ground.site.set("github", "there", Behaviour::Exists);
    ground.admin.knows_bot();
    let id = ADMIN.to_string();
    let config = ["--config", "/etc/vakhta/bot.toml"];
    let add = ["accounts", "add", "there", "github", "--owner", &id];
    let added = unit(ground, &[&add[..], &config].concat()).finish().await;
    added.demand(0);
    let bot = unit(ground, &command_line()).start();
    bot.logged("Initial run completed").await;
    ground.heard(ADMIN, "✅ Аккаунт найден").await;
    let peak = fact(&bot, "status", "VmHWM");
    let kilobytes: u64 = peak.trim_end_matches(" kB").parse().unwrap();
    assert!(kilobytes < 200 << 10, "{peak}");
    bot.signal(Signal::HUP);
    let check = unit(ground, &[&["--check-now"][..], &config].concat());
    let end = check.finish().await;
    assert!(end.demand(0).stdout.starts_with("checked 0"), "{end:?}");
    let copy = unit(ground, &[&["backup", "copy.db"][..], &config].concat());
    copy.finish().await.demand(0);
    if may_mount() {
        assert!(fact(&bot, "status", "Uid").starts_with(&SOMEBODY.to_string()));
        assert_eq!(fact(&bot, "status", "CapEff"), "0000000000000000");
    }
    assert_eq!(fact(&bot, "status", "Seccomp"), "2");
    assert_eq!(niceness(&bot, "watch"), niceness(&bot, "vakhta") + 10);
    bot.stop().await;
    let database = ground.path("state/vakhta.db");
    let mode = database.metadata().unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn the_program_lives_under_the_shipped_unit_and_no_call_is_refused() {
    run(async |ground| {
        furnish(&ground);
        // Stricter than the unit, which only refuses them.
        build_filter(&ground, &allowed(), "SECCOMP_RET_KILL_PROCESS");
        lives(&ground).await;
    });
}

#[test]
fn a_refused_priority_is_harmless() {
    run(async |ground| {
        furnish(&ground);
        let mut allowed = allowed();
        for name in [
            "setpriority",
            "getpriority",
            "sched_setaffinity",
            "ioprio_set",
        ] {
            allowed.remove(name);
        }
        build_filter(&ground, &allowed, "(SECCOMP_RET_ERRNO|EPERM)");
        let bot = unit(&ground, &command_line()).start();
        bot.logged("Initial run completed").await;
        assert_eq!(niceness(&bot, "watch"), niceness(&bot, "vakhta"));
        bot.stop().await;
    });
}

#[test]
fn the_unit_refuses_what_it_does_not_know_and_reloads_by_sighup() {
    // A call that a later C library makes is then an error instead of a loop of restarts.
    assert_eq!(value("SystemCallErrorNumber"), "EPERM");
    assert_eq!(value("ExecReload"), "kill -HUP $MAINPID");
    assert!(!allowed().contains("mount") && !allowed().contains("ptrace"));
    assert!(allowed().contains("execve") && allowed().contains("futex"));
}

/// The value of an instruction of the last stage of the container file.
fn instruction(name: &str) -> &'static str {
    let (_, last) = CONTAINER.rsplit_once("\nFROM ").unwrap();
    let mut lines = last.lines().filter_map(|line| line.split_once(' '));
    lines.find(|(of, _)| *of == name).unwrap().1
}

/// The root of the image, as its copies make it: the program, its libraries, the certificates.
fn make_root(ground: &Ground) -> PathBuf {
    let root = ground.path("root");
    let put = |from: &Path, to: &str| {
        let to = root.join(to.trim_start_matches('/'));
        std::fs::create_dir_all(to.parent().unwrap()).unwrap();
        std::fs::copy(from, to).unwrap();
    };
    put(Path::new(env!("CARGO_BIN_EXE_vakhta")), "/usr/bin/vakhta");
    let certificates = "/etc/ssl/certs/ca-certificates.crt";
    put(Path::new(certificates), certificates);
    let libraries = Command::new("ldd")
        .arg(env!("CARGO_BIN_EXE_vakhta"))
        .output();
    let listed = String::from_utf8(libraries.unwrap().stdout).unwrap();
    let words = listed.split_whitespace();
    for library in words.filter(|word| word.starts_with('/')) {
        put(Path::new(library), library);
    }
    std::fs::create_dir(root.join("data")).unwrap();
    root
}

#[test]
fn the_program_lives_in_a_container_on_a_read_only_root() {
    const ENTER: &str = "mount --bind \"$ROOT\" \"$ROOT\" && mount --bind \"$DATA\" \"$ROOT/data\" && \
        mount -o remount,bind,ro \"$ROOT\" && exec unshare --root=\"$ROOT\" --wd=\"$WORK\" \
        -S ${OWNER%:*} -G ${OWNER#*:} \"$@\"";
    run(async |ground| {
        if !may_mount() {
            return;
        }
        let (root, data) = (make_root(&ground), ground.path("data"));
        std::fs::create_dir(&data).unwrap();
        for file in ["bot.toml", "sites.toml"] {
            std::fs::copy(ground.path(file), data.join(file)).unwrap();
        }
        let user = instruction("USER");
        let (uid, gid) = user.split_once(':').unwrap();
        chown(&data, uid.parse().ok(), gid.parse().ok()).unwrap();
        let words = |json: &'static str| -> Vec<String> { serde_json::from_str(json).unwrap() };
        let container = |command: &[String]| {
            let program = words(instruction("ENTRYPOINT"));
            let script = ["--mount", "sh", "-c", ENTER, "sh"].map(str::to_owned);
            let words = [&script, &program[..], command].concat();
            let words: Vec<&str> = words.iter().map(String::as_str).collect();
            ground
                .command(Path::new("unshare"), &words)
                .env("ROOT", root.to_str().unwrap())
                .env("DATA", data.to_str().unwrap())
                .env("WORK", instruction("WORKDIR"))
                .env("OWNER", user)
        };
        let bot = container(&words(instruction("CMD"))).start();
        bot.logged("Initial run completed").await;
        assert!(fact(&bot, "status", "Uid").starts_with(uid));
        assert_eq!(fact(&bot, "status", "CapEff"), "0000000000000000");
        let check = container(&["--check-now".to_owned()]).finish().await;
        assert!(check.demand(0).stdout.starts_with("checked 0"));
        bot.stop().await;
        assert!(data.join("v.db").exists(), "the data is in the volume");
    });
}
