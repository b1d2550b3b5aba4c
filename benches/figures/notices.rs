//! One account of each of ten thousand owners is found in one run: how the notices go out at
//! Telegram's rates, over two `kill -9`, and how long other people wait meanwhile.
//!
//! Somebody asks for the status all the time. Now and then another person's account appears in a
//! run of its own.

use std::time::{Duration, Instant};

use anyhow::Context as _;

use crate::crowd::Stage;
use crate::process;
use crate::table::{self, mb, ms, quantile, row};

/// Time between two status requests.
const OFTEN: Duration = Duration::from_millis(100);
const STEADY: Duration = Duration::from_millis(700);

struct Lives {
    /// Response times while the notices were written, and while they went out.
    written: Vec<Duration>,
    sent: Vec<Duration>,
    /// Bytes of the write-ahead log when all notices were written.
    log: u64,
    /// Share of one processor while they went out, and the highest memory until then in bytes.
    cpu: f64,
    memory: f64,
}

/// Three lives: find everything, write it, and deliver a third in each.
fn live(stage: &mut Stage, owners: usize) -> anyhow::Result<Lives> {
    let program = stage.start(true)?;
    let pid = program.id();
    let written = stage.ask_while(OFTEN, |stage| {
        Ok(stage.number("SELECT count(*) FROM run WHERE ended_at IS NOT NULL")? == 0)
    })?;
    let log = std::fs::metadata(stage.database("-wal"))?.len();
    let (cpu, began) = (process::cpu(pid)?, Instant::now());
    let mut sent = stage.ask_while(STEADY, |stage| Ok(stage.sent() < owners / 3))?;
    let cpu = (process::cpu(pid)? - cpu).as_secs_f64() / began.elapsed().as_secs_f64();
    let memory = process::peak(pid)?;
    stage.kill(program)?;
    let program = stage.start(false)?;
    sent.extend(stage.ask_while(STEADY, |stage| Ok(stage.sent() < owners * 2 / 3))?);
    stage.kill(program)?;
    let mut program = stage.start(false)?;
    sent.extend(stage.ask_while(STEADY, Stage::waits)?);
    stage.ask_for_notes()?;
    program.kill()?;
    program.wait()?;
    Ok(Lives {
        written,
        sent,
        log,
        cpu,
        memory,
    })
}

pub(crate) fn measure(owners: usize) -> anyhow::Result<()> {
    let mut stage = Stage::new(owners)?;
    let mut lives = live(&mut stage, owners)?;
    let ends = stage.ends()?;
    let times = stage.times();
    let took = times
        .last()
        .zip(times.first())
        .map(|(last, first)| *last - *first);
    let took = took.context("messages were sent")?;
    let mut others = stage.news_of_others()?;
    let of = |samples: &mut Vec<Duration>| {
        let quantiles = [0.5, 0.99, 1.0].map(|share| ms(quantile(samples, share)));
        format!("{} ({} samples)", quantiles.join(" / "), samples.len())
    };
    let rows = [
        row([&"", &"measured"]),
        row([
            &"the first to the last message",
            &format!("{:.0} s", took.as_secs_f64()),
        ]),
        row([
            &"messages in any one second, at most",
            &most_in_a_second(&times),
        ]),
        row([&"refused for coming too fast", &stage.refused()]),
        row([
            &"all notices written after the last look in",
            &format!("{} ms", stage.writing()?),
        ]),
        row([
            &"/status while they are found and written, p50 / p99 / max",
            &of(&mut lives.written),
        ]),
        row([&"/status while they go out", &of(&mut lives.sent)]),
        row([
            &"another owner's news, from its row to its confirmation",
            &of(&mut others),
        ]),
        row([&"chats that heard of theirs once", &ends.told]),
        row([
            &"unconfirmed after a kill, named in the next message",
            &ends.named,
        ]),
        row([&"lost", &ends.lost]),
        row([&"told twice", &ends.twice]),
        row([
            &"processor while they go out",
            &format!("{:.1} %", lives.cpu * 100.0),
        ]),
        row([&"most memory", &mb(lives.memory)]),
        row([&"write-ahead log", &mb(lives.log as f64)]),
    ];
    table::print(
        &format!("{owners} owners' accounts found in one run, two kills"),
        &rows,
    );
    Ok(())
}

fn most_in_a_second(times: &[Instant]) -> usize {
    let mut first = 0;
    let counts = times.iter().enumerate().map(|(place, at)| {
        while times
            .get(first)
            .is_some_and(|then| *at - *then >= Duration::from_secs(1))
        {
            first += 1;
        }
        place + 1 - first
    });
    counts.max().unwrap_or(0)
}
