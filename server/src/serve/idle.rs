//! A connection on which nothing moves is ended.
//!
//! Covers what the HTTP implementation below has no clock for: a peer that connects and says nothing, one that stops in
//! the middle of the first bytes, and one that asks and never reads the answer.

use std::io::{Error, ErrorKind, IoSlice, Result};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep};

/// A stream whose reads and writes fail when neither has got anywhere for a while.
pub(super) struct Idle<S> {
    stream: S,
    /// For now: less until the first byte moves, because before it nobody has asked anything.
    patience: Duration,
    afterwards: Duration,
    moved_at: Instant,
    /// Something moved since then. When is asked for only once there is something to wait for.
    moved: bool,
    /// Made when something is first waited for, and reset only when it fires: bytes move far more often than that.
    alarm: Option<Pin<Box<Sleep>>>,
}

impl<S> Idle<S> {
    pub(super) fn new(stream: S, first: Duration, afterwards: Duration) -> Self {
        Self { stream, patience: first, afterwards, moved_at: Instant::now(), moved: false, alarm: None }
    }

    /// Passes on what the stream says; while that is "wait", for so long and no longer.
    fn watch<T>(&mut self, cx: &mut Context<'_>, said: Poll<Result<T>>) -> Poll<Result<T>> {
        if said.is_ready() {
            self.moved = true;
            return said;
        }
        if std::mem::take(&mut self.moved) {
            self.moved_at = Instant::now();
            self.patience = self.afterwards;
        }
        loop {
            let due = self.moved_at + self.patience;
            let alarm = self.alarm.get_or_insert_with(|| Box::pin(tokio::time::sleep_until(due)));
            if alarm.as_mut().poll(cx).is_pending() {
                return Poll::Pending;
            }
            if due <= Instant::now() {
                return Poll::Ready(Err(Error::new(ErrorKind::TimedOut, "nothing moved for too long")));
            }
            alarm.as_mut().reset(due);
        }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Idle<S> {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<Result<()>> {
        let this = self.get_mut();
        let said = Pin::new(&mut this.stream).poll_read(cx, buf);
        this.watch(cx, said)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Idle<S> {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<Result<usize>> {
        let this = self.get_mut();
        let said = Pin::new(&mut this.stream).poll_write(cx, bytes);
        this.watch(cx, said)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        pieces: &[IoSlice<'_>],
    ) -> Poll<Result<usize>> {
        let this = self.get_mut();
        let said = Pin::new(&mut this.stream).poll_write_vectored(cx, pieces);
        this.watch(cx, said)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<()>> {
        let this = self.get_mut();
        match Pin::new(&mut this.stream).poll_flush(cx) {
            // Flushing what was written already is no movement.
            Poll::Ready(flushed) => Poll::Ready(flushed),
            Poll::Pending => this.watch(cx, Poll::Pending),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<()>> {
        let this = self.get_mut();
        let said = Pin::new(&mut this.stream).poll_shutdown(cx);
        this.watch(cx, said)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream};

    const FIRST: Duration = Duration::from_secs(10);
    const AFTERWARDS: Duration = Duration::from_secs(60);

    fn guarded(stream: DuplexStream) -> Idle<DuplexStream> {
        Idle::new(stream, FIRST, AFTERWARDS)
    }

    #[tokio::test(start_paused = true)]
    async fn a_peer_that_says_nothing_is_given_up() {
        let (ours, _theirs) = tokio::io::duplex(64);
        let began = Instant::now();
        let error = guarded(ours).read_u8().await.unwrap_err();
        assert_eq!((error.kind(), began.elapsed().as_secs()), (ErrorKind::TimedOut, 10));
    }

    #[tokio::test(start_paused = true)]
    async fn a_peer_that_does_not_read_is_given_up() {
        let (ours, _theirs) = tokio::io::duplex(64);
        let began = Instant::now();
        let error = guarded(ours).write_all(&[0; 65]).await.unwrap_err();
        assert_eq!((error.kind(), began.elapsed().as_secs()), (ErrorKind::TimedOut, 60));
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_moves_now_and_then_stays() {
        let (ours, mut theirs) = tokio::io::duplex(64);
        let mut ours = guarded(ours);
        theirs.write_u8(0).await.unwrap();
        let sender = tokio::spawn(async move {
            for byte in 1..5 {
                tokio::time::sleep(Duration::from_secs(59)).await;
                theirs.write_u8(byte).await.unwrap();
            }
        });
        for byte in 0..5 {
            assert_eq!(ours.read_u8().await.unwrap(), byte);
        }
        sender.await.unwrap();
        assert_eq!(ours.read_u8().await.unwrap_err().kind(), ErrorKind::UnexpectedEof);
    }
}
