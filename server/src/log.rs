//! Log lines on standard error, never in the way of a request.
//!
//! A thread of its own writes them. When whatever reads them stops reading, lines are dropped and counted instead
//! of holding requests up.

use kavach_service::config::{Config, LogFormat};
use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::Duration;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;

/// Lines that may wait to be written.
const QUEUE: usize = 8_192;
/// How long the last lines may take at the end.
const FLUSH: Duration = Duration::from_secs(1);

/// Why nothing can be logged.
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    /// The filter is not one.
    #[error("log: {0}; write a level such as info, or info,kavach_service=debug")]
    Filter(#[from] tracing_subscriber::filter::ParseError),
    /// The thread could not be started, or logging was started before.
    #[error("log: {0}")]
    Start(String),
}

/// Starts logging. What is waiting is written when the returned value is dropped.
pub fn start(config: &Config) -> Result<Flush, LogError> {
    let filter = EnvFilter::builder().parse(&config.log)?;
    let (sender, receiver) = sync_channel(QUEUE);
    let dropped = Arc::new(AtomicU64::new(0));
    let counted = Arc::clone(&dropped);
    std::thread::Builder::new()
        .name("log".to_owned())
        .spawn(move || write_out(&receiver, &counted))
        .map_err(|error| LogError::Start(error.to_string()))?;
    let writer = Lines { sender: sender.clone(), dropped };
    let subscriber = tracing_subscriber::fmt().with_env_filter(filter).with_writer(writer).with_ansi(false);
    let started = match config.log_format {
        LogFormat::Text => subscriber.try_init(),
        LogFormat::Json => subscriber.json().flatten_event(true).try_init(),
    };
    started.map_err(|error| LogError::Start(error.to_string()))?;
    // Where, but not what: the message of a panic may hold anything.
    std::panic::set_hook(Box::new(|panic| {
        let location = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(location, "panic");
    }));
    Ok(Flush(sender))
}

enum Entry {
    Line(Vec<u8>),
    Flush(SyncSender<()>),
}

fn write_out(entries: &Receiver<Entry>, dropped: &AtomicU64) {
    let mut out = std::io::stderr();
    while let Ok(entry) = entries.recv() {
        match entry {
            Entry::Line(line) => {
                let lost = dropped.swap(0, Ordering::Relaxed);
                if lost > 0 {
                    let _ = writeln!(out, "{lost} log lines were dropped because nobody read them");
                }
                // A log nobody can read any more is no reason to stop.
                let _ = out.write_all(&line);
            }
            Entry::Flush(done) => {
                let _ = out.flush();
                let _ = done.try_send(());
            }
        }
    }
}

/// Writes what is waiting when it goes away.
#[must_use = "the last lines are written when this is dropped"]
pub struct Flush(SyncSender<Entry>);

impl Drop for Flush {
    fn drop(&mut self) {
        let (done, written) = sync_channel(1);
        if self.0.try_send(Entry::Flush(done)).is_ok() {
            let _ = written.recv_timeout(FLUSH);
        }
    }
}

#[derive(Clone)]
struct Lines {
    sender: SyncSender<Entry>,
    dropped: Arc<AtomicU64>,
}

/// One line being put together; handed over when it is complete.
struct Line<'a> {
    lines: &'a Lines,
    text: Vec<u8>,
}

impl<'a> MakeWriter<'a> for Lines {
    type Writer = Line<'a>;

    fn make_writer(&'a self) -> Line<'a> {
        Line { lines: self, text: Vec::new() }
    }
}

impl Write for Line<'_> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.text.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Drop for Line<'_> {
    fn drop(&mut self) {
        let text = std::mem::take(&mut self.text);
        if !text.is_empty() && self.lines.sender.try_send(Entry::Line(text)).is_err() {
            self.lines.dropped.fetch_add(1, Ordering::Relaxed);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_queue_drops_lines_instead_of_waiting() {
        let (sender, _receiver) = sync_channel(1);
        let lines = Lines { sender, dropped: Arc::default() };
        for _ in 0..3 {
            lines.make_writer().write_all(b"x\n").unwrap();
        }
        assert_eq!(lines.dropped.load(Ordering::Relaxed), 2);
    }
}
