//! What a process has used, from `/proc`.

use std::collections::HashMap;
use std::fs;
use std::time::Duration;

use anyhow::Context as _;

/// Memory resident now.
pub(crate) fn resident(pid: u32) -> anyhow::Result<f64> {
    status(pid, "VmRSS:")
}

/// The most memory resident at one moment since the start or [`forget_peak`].
pub(crate) fn peak(pid: u32) -> anyhow::Result<f64> {
    status(pid, "VmHWM:")
}

/// Begins the search for the peak anew.
pub(crate) fn forget_peak(pid: u32) {
    // Where the kernel does not allow it, the peak of the preparations counts too.
    fs::write(format!("/proc/{pid}/clear_refs"), "5").ok();
}

/// Processor time of all threads, living and ended, in steps of 10 ms.
pub(crate) fn cpu(pid: u32) -> anyhow::Result<Duration> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat"))?;
    // The name of the program stands in parentheses and may contain anything.
    let (_, fields) = stat.rsplit_once(')').context("read the processor time")?;
    let ticks: u64 = fields
        .split_whitespace()
        .skip(11)
        .take(2)
        .filter_map(|field| field.parse::<u64>().ok())
        .sum();
    Ok(Duration::from_millis(ticks * 10))
}

/// Processor time of the living threads, exact, and how often they were woken.
pub(crate) fn threads(pid: u32) -> anyhow::Result<(Duration, u64)> {
    let (mut nanoseconds, mut wakes) = (0, 0);
    for thread in fs::read_dir(format!("/proc/{pid}/task"))? {
        let stat = fs::read_to_string(thread?.path().join("schedstat"))?;
        let mut fields = stat
            .split_whitespace()
            .filter_map(|field| field.parse::<u64>().ok());
        nanoseconds += fields.next().unwrap_or(0);
        wakes += fields.nth(1).unwrap_or(0);
    }
    Ok((Duration::from_nanos(nanoseconds), wakes))
}

/// Processor time of each living thread of this process, exact: without the first one, which measures, and without those
/// whose name begins with this.
pub(crate) fn threads_but(name_begins: &str) -> anyhow::Result<HashMap<String, Duration>> {
    let mut times = HashMap::new();
    let first = std::process::id().to_string();
    for thread in fs::read_dir("/proc/self/task")? {
        let path = thread?.path();
        let name = fs::read_to_string(path.join("comm"));
        let stat = fs::read_to_string(path.join("schedstat"));
        // A thread may end while it is looked at.
        let (Ok(name), Ok(stat)) = (name, stat) else {
            continue;
        };
        if path.ends_with(&first) || name.starts_with(name_begins) {
            continue;
        }
        let nanoseconds = stat
            .split_whitespace()
            .next()
            .and_then(|field| field.parse().ok());
        let time = Duration::from_nanos(nanoseconds.unwrap_or(0));
        times.insert(path.display().to_string(), time);
    }
    Ok(times)
}

/// What threads have used between two such looks.
pub(crate) fn since(
    before: &HashMap<String, Duration>,
    now: &HashMap<String, Duration>,
) -> Duration {
    let used = now.iter().map(|(thread, time)| {
        let earlier = before.get(thread).copied().unwrap_or_default();
        time.saturating_sub(earlier)
    });
    used.sum()
}

/// How many threads there are.
pub(crate) fn thread_count(pid: u32) -> anyhow::Result<usize> {
    Ok(fs::read_dir(format!("/proc/{pid}/task"))?.count())
}

fn status(pid: u32, key: &str) -> anyhow::Result<f64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix(key));
    let kilobytes = line.and_then(|line| line.split_whitespace().next()?.parse::<f64>().ok());
    Ok(kilobytes.with_context(|| format!("read {key}"))? * 1_024.0)
}
