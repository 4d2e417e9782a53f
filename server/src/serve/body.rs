//! A request body has a bounded time to arrive in. Bodies are small, so a whole time serves better than a rate: who
//! sends a byte now and then keeps to no rate one would want to set.

use hyper::body::{Body, Bytes, Frame, Incoming, SizeHint};
use std::error::Error;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::time::Sleep;

/// What whoever reads a body gets when its time is over.
#[derive(Debug, thiserror::Error)]
#[error("the body took too long to arrive")]
pub(crate) struct TooSlow;

impl TooSlow {
    /// Whether an error came from here.
    pub(crate) fn caused(error: &(dyn Error + 'static)) -> bool {
        let mut next = Some(error);
        while let Some(error) = next {
            if error.is::<Self>() {
                return true;
            }
            next = error.source();
        }
        false
    }
}

/// A body with so much time.
pub(super) struct Timed<B = Incoming> {
    body: B,
    time: Duration,
    /// Made when something has to be waited for: most bodies are there with their head.
    alarm: Option<Pin<Box<Sleep>>>,
}

impl<B> Timed<B> {
    pub(super) fn new(body: B, time: Duration) -> Self {
        Self { body, time, alarm: None }
    }
}

impl<B> Body for Timed<B>
where
    B: Body<Data = Bytes> + Unpin,
    B::Error: Into<Box<dyn Error + Send + Sync>>,
{
    type Data = Bytes;
    type Error = Box<dyn Error + Send + Sync>;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        let this = self.get_mut();
        match Pin::new(&mut this.body).poll_frame(cx) {
            Poll::Ready(frame) => Poll::Ready(frame.map(|frame| frame.map_err(Into::into))),
            Poll::Pending => {
                let time = this.time;
                let alarm = this.alarm.get_or_insert_with(|| Box::pin(tokio::time::sleep(time)));
                ready!(alarm.as_mut().poll(cx));
                Poll::Ready(Some(Err(TooSlow.into())))
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::to_bytes;
    use futures::StreamExt as _;
    use futures::stream;

    /// A body that gives one byte a second.
    fn trickle(bytes: u64) -> axum::body::Body {
        let every_second = stream::iter(0..bytes).then(|_| async {
            tokio::time::sleep(Duration::from_secs(1)).await;
            Ok::<_, std::io::Error>(Bytes::from_static(b"x"))
        });
        axum::body::Body::from_stream(Box::pin(every_second))
    }

    async fn read(bytes: u64) -> Result<usize, bool> {
        let body = axum::body::Body::new(Timed::new(trickle(bytes), Duration::from_secs(10)));
        to_bytes(body, 1_000).await.map(|bytes| bytes.len()).map_err(|error| TooSlow::caused(&error))
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_that_trickles_is_given_up_and_said_to_be_slow() {
        assert_eq!(read(9).await, Ok(9), "slowly, and in time");
        let began = tokio::time::Instant::now();
        assert_eq!(read(900).await, Err(true));
        assert_eq!(began.elapsed().as_secs(), 10);
    }

    #[tokio::test]
    async fn a_body_that_is_too_long_is_not_called_slow() {
        let body = Timed::new(axum::body::Body::from(vec![0; 2_000]), Duration::from_secs(10));
        let error = to_bytes(axum::body::Body::new(body), 1_000).await.unwrap_err();
        assert!(!TooSlow::caused(&error));
    }
}
