//! The figures as a page of tables, with everything needed to judge them.

use super::in_process::{InProcess, Times};
use super::load::Generator;
use super::machine::{Disk, Machine};
use super::pages::Pages;
use super::{CONNECTIONS, MANY, Measured, Turn, What};
use crate::large::Large;
use crate::revocation::{self, Revocations};
use std::fmt::Write as _;
use std::time::Duration;

/// Everything that was found.
pub struct Report {
    pub command: String,
    pub generator: Generator,
    pub rounds: usize,
    pub seconds: u64,
    pub machine: Machine,
    pub disk: Disk,
    pub measured: Vec<Measured>,
    /// Records counted in the log after the synced turns.
    pub audited: u64,
    /// CPU time of one signature with ES256, in microseconds.
    pub signature: f64,
    pub in_process: InProcess,
    pub pages: Pages,
    /// Memory of the synced server at the end, in bytes.
    pub memory: u64,
    pub revocations: Option<Revocations>,
    pub large: Option<Large>,
}

impl Report {
    /// The page, in Markdown.
    pub fn write(&self) -> String {
        let sections = [
            self.head(),
            self.bars(),
            self.http(),
            self.durability(),
            self.decisions(),
            self.browser(),
            self.revocations(),
            self.log(),
        ];
        sections.join("\n")
    }

    fn head(&self) -> String {
        let Machine { processor, kernel, load_average, date, commit } = &self.machine;
        let millis = |(p50, p99): (Duration, Duration)| format!("{} / {}", ms(p50), ms(p99));
        let busy = match self.machine.is_busy() {
            true => "\n**The machine was not idle when this began; take the ratios with care.**\n",
            false => "",
        };
        format!(
            "# Benchmarks\n\n\
             Written by `{}`; run it again rather than editing this page.\n\n\
             | | |\n|---|---|\n\
             | date | {date} |\n\
             | commit | {commit} |\n\
             | machine | {processor}, {kernel} |\n\
             | load average before | {load_average} |\n\
             | disk: write 4 KiB and fdatasync, p50 / p99 | growing file {} ms, overwriting {} ms |\n\
             | load | {}; keep-alive over loopback, on the same cores as the servers |\n\
             | turns | {} rounds, in each every variant in turn for {} s after 1 s of warm-up |\n\
             {busy}\n\
             Rates belong to this machine and this hour. What carries over are the ratios, each taken inside its round \
             and then the median of the rounds, and the CPU time of the server a request (user and system, from \
             `/proc/PID/stat`).\n",
            self.command,
            millis(self.disk.growing),
            millis(self.disk.overwriting),
            self.generator.name(),
            self.rounds,
            self.seconds,
        )
    }

    fn bars(&self) -> String {
        let mut text = String::from("## The bars\n\n| what | bar | measured | |\n|---|---|---|---|\n");
        let mut bar = |what: &str, wanted: &str, measured: String, met: bool| {
            // A write to a String cannot fail.
            let _ = writeln!(
                text,
                "| {what} | {wanted} | {measured} | {} |",
                if met { "met" } else { "**missed**" }
            );
        };
        let synced = self.share(What::Synced, CONNECTIONS, What::Hello);
        bar("authorize over HTTP, record synced", "at least 35 % of hello", percent(synced), synced >= 0.35);
        let session = self.share(What::Session, CONNECTIONS, What::Hello);
        bar("session check over HTTP", "at least 80 % of hello", percent(session), session >= 0.8);
        let asked = self.share(What::Introspection, CONNECTIONS, What::Hello);
        bar("introspection", "at least 80 % of hello", percent(asked), asked >= 0.8);
        let token = self.cpu(What::Token);
        let signing = self.signature / token;
        bar("tokens a CPU second", "at least 50 % of raw ES256", percent(signing), signing >= 0.5);
        if self.find(What::Peer, CONNECTIONS).is_some() {
            let times = self.cpu(What::Peer) / token;
            let met = times >= 10.0;
            bar("tokens a CPU second", "at least 10 times oidc-provider", format!("{times:.1} times"), met);
        }
        let cost = self.share(What::Synced, MANY, What::Unsynced);
        bar("cost of durability, 128 connections", "at least 80 % of unsynced", percent(cost), cost >= 0.8);
        if let Some((agents, times)) = self.in_process.by_agents.last() {
            let what = format!("decision in process, {agents} agents, p50");
            bar(&what, "at most 400 ns", format!("{} ns", times.p50), times.p50 <= 400);
        }
        let growth = self.growth();
        bar(
            "100,000 permissions against 10, p50",
            "at most 3 times",
            format!("{growth:.1} times"),
            growth <= 3.0,
        );
        let depth = self.depth();
        bar(
            "chains of 16 links against 1, p50",
            "at most 1.2 times",
            format!("{depth:.2} times"),
            depth <= 1.2,
        );
        for (name, times) in self.revocations.iter().flat_map(Revocations::both) {
            let [_, p99, longest] = Revocations::ranks(times);
            let what = format!("last allow of another replica after a revocation, {name}");
            let met = p99 <= Duration::from_millis(200) && longest <= revocation::LIMIT;
            let measured =
                format!("{:.0} and {:.0} ms", p99.as_secs_f64() * 1e3, longest.as_secs_f64() * 1e3);
            bar(&what, "p99 at most 200 ms, never after 1 s", measured, met);
        }
        if let Some(large) = &self.large {
            let slowest = large.slowest();
            let met = slowest <= Duration::from_millis(20);
            bar(
                "a page of the long log, slowest filter, p99",
                "at most 20 ms",
                format!("{} ms", ms(slowest)),
                met,
            );
            let rate = format!("{:.0} records a second", large.verified);
            bar("audit verify", "at least 400,000 records a second", rate, large.verified >= 400_000.0);
        }
        let script: u64 =
            self.pages.assets.iter().filter(|asset| is_code(&asset.name)).map(|asset| asset.brotli).sum();
        bar("all WASM and JavaScript, brotli", "at most 150 KB", kilobytes(script), script <= 150_000);
        let on_sign_in = self.pages.pages.iter().any(|page| page.path.starts_with("/sign") && page.wasm);
        bar(
            "WASM on sign-in pages",
            "none",
            if on_sign_in { "some" } else { "none" }.to_owned(),
            !on_sign_in,
        );
        text
    }

    fn http(&self) -> String {
        let mut text = format!(
            "## Over HTTP, {CONNECTIONS} connections\n\n\
             | | of hello | req/s | p50 ms | p99 ms | server CPU us/req | CPU of hello | steal |\n\
             |---|---|---|---|---|---|---|---|\n"
        );
        let hello = self.cpu(What::Hello);
        for measured in self.measured.iter().filter(|measured| measured.connections == CONNECTIONS) {
            let share = self.share(measured.what, CONNECTIONS, What::Hello);
            let times = measured.median(|turn| turn.cpu) / hello;
            let _ = writeln!(
                text,
                "| {} | {} | {} | {:.1} x | {:.1} % |",
                measured.what.name(),
                percent(share),
                measured.columns(),
                times,
                measured.median(|turn| turn.steal) * 100.0
            );
        }
        let _ = write!(
            text,
            "\n*Hello* is axum with one route that answers five bytes, built and started with the settings of `kavach \
             serve`. *Authorize* is `POST /api/auth/authorize/token`: the token of an agent with ten permissions is \
             hashed and looked up, the question judged, and its record (with hash, counters and indexes) \
             committed before the answer leaves. *Synced* is the default: SQLite with `synchronous=FULL`, data on the \
             disk above. There is no setting that turns it off; *on tmpfs* is the same server with its data directory \
             in `/dev/shm`, where a sync costs nothing. *Session check* is `GET /api/auth/session` with a bearer token. *Token endpoint* is a client that signs in for \
             itself (`client_credentials`, its secret in the body) and gets a JWT of one scope; one signature with the \
             same library and a kept key takes {:.1} us of CPU. *Introspection* is that client asking about its token. \
             *oidc-provider* runs in Node with its memory as its database, and gives the same token.\n\n\
             After the synced turns the log was found to have grown by at least the number of answers: {} records. \
             The server then held {} MB of memory.\n",
            self.signature,
            self.audited,
            self.memory / 1_000_000,
        );
        text
    }

    fn durability(&self) -> String {
        let mut text = format!(
            "## What durability costs, {MANY} connections\n\n\
             | | of unsynced | req/s | p50 ms | p99 ms | server CPU us/req |\n|---|---|---|---|---|---|\n"
        );
        for measured in self.measured.iter().filter(|measured| measured.connections == MANY) {
            let share = self.share(measured.what, MANY, What::Unsynced);
            let _ =
                writeln!(text, "| {} | {} | {} |", measured.what.name(), percent(share), measured.columns());
        }
        text
    }

    fn decisions(&self) -> String {
        let mut text = String::from("## Decisions in process\n\n| | p50 ns | p99 ns |\n|---|---|---|\n");
        let mut row = |what: String, Times { p50, p99 }: Times| {
            let _ = writeln!(text, "| {what} | {p50} | {p99} |");
        };
        for (agents, times) in &self.in_process.by_agents {
            row(format!("lookup among {agents} agents, state, judgement (10 permissions each)"), *times);
        }
        for (permissions, times) in &self.in_process.by_permissions {
            row(format!("judgement against {permissions} permissions"), *times);
        }
        for (depth, times) in &self.in_process.by_depth {
            row(format!("at the end of chains of {depth} links, among 20000 agents"), *times);
        }
        text.push_str(
            "\nOne thread, each decision timed by itself, the time of looking at the clock subtracted. Agents come in \
             random order, each with permissions of its own, and each is asked something else, so that most of it \
             is waiting for memory. A single list of permissions is asked 4,096 different questions in turn. Not \
             in it, but in the figures over HTTP: hashing the token, making the record, writing it.\n",
        );
        // A write to a String cannot fail.
        let _ = writeln!(
            text,
            "\nBeside the list of its permissions, an agent takes {} bytes in memory.",
            self.in_process.agent_bytes
        );
        text
    }

    fn browser(&self) -> String {
        let mut text = String::from(
            "## Pages\n\n| page | first byte p50 / p99 ms | HTML | fetches WASM |\n|---|---|---|---|\n",
        );
        for page in &self.pages.pages {
            let (p50, p99) = page.first_byte;
            let wasm = if page.wasm { "yes" } else { "no" };
            let _ = writeln!(
                text,
                "| `{}` | {} / {} | {} | {wasm} |",
                page.path,
                ms(p50),
                ms(p99),
                kilobytes(page.html as u64)
            );
        }
        text.push_str("\n| download | plain | brotli |\n|---|---|---|\n");
        for asset in &self.pages.assets {
            let _ = writeln!(
                text,
                "| `{}` | {} | {} |",
                asset.name,
                kilobytes(asset.plain),
                kilobytes(asset.brotli)
            );
        }
        text.push_str("\nPages were asked for one after the other over one connection, with the log as the turns above left it. ");
        text.push_str("KB are 1,000 bytes; HTML is not compressed.\n");
        text
    }

    fn revocations(&self) -> String {
        let head = "## Revocation on another replica\n\n";
        let Some(revocations) = &self.revocations else {
            return format!("{head}Not measured in this run; add `--revocations 200`.\n");
        };
        format!(
            "{head}{}\nTwo servers over one PostgreSQL. The root of a tree of 5 levels with 1,000 leaves is revoked at one of \
             them, while the other, which remembers all 1,004 agents, is asked about any of them over 8 connections. What \
             counts is when its last allow arrived, from the moment the revocation was answered. *Cut* means that the \
             other listens for a word that never comes, and only its regular look at the database is left.\n",
            revocations.write()
        )
    }

    fn log(&self) -> String {
        let head = "## A long log\n\n";
        let Some(large) = &self.large else {
            return format!("{head}Not measured in this run; add `--large`.\n");
        };
        format!(
            "{head}{}\nOn SQLite, in process. Of a thousand agents, fifty people and two hundred resources; one record in \
             twenty is a denial, and what is rare is one record in ten thousand. Half of the pages begin at the end of \
             the log, the others anywhere in it.\n",
            large.write()
        )
    }

    /// What part of the rate of `of` a variant reaches: the ratio of each round, then their median.
    fn share(&self, what: What, connections: usize, of: What) -> f64 {
        let (Some(one), Some(other)) = (self.find(what, connections), self.find(of, connections)) else {
            return 0.0;
        };
        let rounds = one.turns.iter().zip(&other.turns);
        median(rounds.map(|(one, other)| one.sample.rate() / other.sample.rate()).collect())
    }

    /// CPU time a request, in microseconds.
    fn cpu(&self, what: What) -> f64 {
        self.find(what, CONNECTIONS).map_or(1.0, |measured| measured.median(|turn| turn.cpu))
    }

    fn find(&self, what: What, connections: usize) -> Option<&Measured> {
        self.measured.iter().find(|measured| measured.what == what && measured.connections == connections)
    }

    fn growth(&self) -> f64 {
        last_to_first(&self.in_process.by_permissions)
    }

    fn depth(&self) -> f64 {
        last_to_first(&self.in_process.by_depth)
    }
}

/// How many times the first median the last one is.
fn last_to_first(all: &[(usize, Times)]) -> f64 {
    let p50 = |times: Option<&(usize, Times)>| times.map_or(1, |(_, times)| times.p50.max(1)) as f64;
    p50(all.last()) / p50(all.first())
}

impl Measured {
    fn columns(&self) -> String {
        let millis = |of: fn(&Turn) -> Duration| self.median(|turn| of(turn).as_secs_f64() * 1e3);
        format!(
            "{:.0} | {:.2} | {:.2} | {:.1}",
            self.median(|turn| turn.sample.rate()),
            millis(|turn| turn.sample.p50),
            millis(|turn| turn.sample.p99),
            self.median(|turn| turn.cpu),
        )
    }

    fn median(&self, of: impl Fn(&Turn) -> f64) -> f64 {
        median(self.turns.iter().map(of).collect())
    }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}

fn is_code(name: &str) -> bool {
    name.ends_with(".wasm") || name.ends_with(".js")
}

fn ms(time: Duration) -> String {
    format!("{:.2}", time.as_secs_f64() * 1e3)
}

fn percent(share: f64) -> String {
    format!("{:.0} %", share * 100.0)
}

fn kilobytes(bytes: u64) -> String {
    format!("{:.1} KB", bytes as f64 / 1e3)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_the_one_in_the_middle() {
        assert_eq!(median(vec![9.0, 1.0, 5.0]), 5.0);
        assert_eq!(median(Vec::new()), 0.0);
    }
}
