//! What the machine is, and what it was doing meanwhile. Linux only: everything is read from `/proc`.

use anyhow::{Context, Result};
use std::fs::{self, File};
use std::os::unix::fs::FileExt as _;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

/// For the record.
pub struct Machine {
    /// Cores and their name.
    pub processor: String,
    /// Name and version of the kernel.
    pub kernel: String,
    /// Before anything was measured, over 1, 5 and 15 minutes.
    pub load_average: String,
    /// The day.
    pub date: String,
    /// What was measured.
    pub commit: String,
}

impl Machine {
    /// Looks around.
    pub fn look() -> Result<Self> {
        let cores = std::thread::available_parallelism()?;
        let info = fs::read_to_string("/proc/cpuinfo")?;
        let model = info.lines().find_map(|line| line.strip_prefix("model name")?.split(':').nth(1));
        let load = fs::read_to_string("/proc/loadavg")?;
        let changes = said("git", &["status", "--porcelain", "--untracked-files=no"]);
        let commit = said("git", &["rev-parse", "--short", "HEAD"]);
        Ok(Self {
            processor: format!("{cores} cores, {}", model.unwrap_or("unknown").trim()),
            kernel: said("uname", &["-sr"]),
            load_average: load.split(' ').take(3).collect::<Vec<_>>().join(" "),
            date: said("date", &["-u", "+%F"]),
            commit: if changes.is_empty() { commit } else { format!("{commit} with local changes") },
        })
    }

    /// Whether somebody else was using the machine.
    pub fn is_busy(&self) -> bool {
        self.load_average
            .split(' ')
            .next()
            .and_then(|load| load.parse().ok())
            .is_none_or(|load: f64| load > 0.5)
    }
}

fn said(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).output();
    output.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned()).unwrap_or_default()
}

/// How long the disk takes to make a write durable.
pub struct Disk {
    /// A file that grows: median and 99th percentile.
    pub growing: (Duration, Duration),
    /// A file that is written over, as a write-ahead log mostly is.
    pub overwriting: (Duration, Duration),
}

/// Writes 4 KiB and syncs, 300 times each.
pub fn sync_times(folder: &Path) -> Result<Disk> {
    let path = folder.join("sync-times");
    let file = File::create(&path)?;
    let pass = || -> Result<(Duration, Duration)> {
        let mut times = Vec::new();
        for block in 0..300 {
            file.write_all_at(&[0x6b; 4096], block * 4096)?;
            let started = Instant::now();
            file.sync_data()?;
            times.push(started.elapsed());
        }
        times.sort_unstable();
        Ok((rank(&times, 50), rank(&times, 99)))
    };
    let disk = Disk { growing: pass()?, overwriting: pass()? };
    fs::remove_file(path)?;
    Ok(disk)
}

/// The value below which `percent` of the sorted values lie.
pub fn rank<T: Copy + Default>(sorted: &[T], percent: usize) -> T {
    let index = (sorted.len() * percent / 100).min(sorted.len().saturating_sub(1));
    sorted.get(index).copied().unwrap_or_default()
}

/// User and system time a process has used, to the hundredth of a second: Linux counts in `USER_HZ`, which is 100.
pub fn process_cpu(pid: u32) -> Result<Duration> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat"))?;
    // The name may hold anything but ends at the last parenthesis; two fields on is number 3 of proc(5).
    let (_, fields) = stat.rsplit_once(')').context("/proc/PID/stat has another form")?;
    let ticks = fields.split_whitespace().skip(11).take(2).map(str::parse::<u64>).sum::<Result<u64, _>>()?;
    Ok(Duration::from_millis(ticks * 10))
}

/// Memory a process holds, in bytes.
pub fn resident(pid: u32) -> Result<u64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("no VmRSS")?;
    Ok(line.trim().trim_end_matches("kB").trim().parse::<u64>()? * 1024)
}

/// What all cores did since the start, in ticks.
#[derive(Clone, Copy)]
pub struct Ticks {
    all: u64,
    stolen: u64,
}

impl Ticks {
    /// Up to now.
    pub fn now() -> Result<Self> {
        let stat = fs::read_to_string("/proc/stat")?;
        let line = stat
            .lines()
            .next()
            .and_then(|line| line.strip_prefix("cpu "))
            .context("/proc/stat has another form")?;
        let ticks = line.split_whitespace().take(8).map(str::parse).collect::<Result<Vec<u64>, _>>()?;
        Ok(Self { all: ticks.iter().sum(), stolen: ticks.get(7).copied().unwrap_or_default() })
    }

    /// Part of the time that the host gave to others.
    pub fn steal_since(self, before: Self) -> f64 {
        (self.stolen - before.stolen) as f64 / (self.all - before.all).max(1) as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentile_is_one_of_the_values() {
        let values: Vec<u32> = (1..=200).collect();
        assert_eq!((rank(&values, 50), rank(&values, 99), rank(&values, 100)), (101, 199, 200));
        assert_eq!(rank::<u32>(&[], 50), 0);
        assert_eq!(rank(&[7], 99), 7);
    }

    #[test]
    fn this_process_has_used_memory_and_perhaps_time() {
        let pid = std::process::id();
        assert!(resident(pid).unwrap() > 100_000);
        assert!(process_cpu(pid).unwrap() < Duration::from_secs(3_600));
    }
}
