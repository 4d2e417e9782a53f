//! A few threads and a short queue for work that takes a core and megabytes for some 45 ms each.
//!
//! Not tokio's blocking threads: there are 512 of them, and 512 times 19 MiB is a dead machine. Each thread
//! keeps its memory between jobs and gives it back after half a minute without one.

use argon2::Block;
use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;
use tokio::sync::oneshot;

const KEEP_MEMORY: Duration = Duration::from_secs(30);

type Job = Box<dyn FnOnce(&mut Vec<Block>) + Send>;

/// The queue is full, or the pool is shutting down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Refused;

pub(super) struct Pool {
    shared: Arc<Shared>,
    threads: Vec<JoinHandle<()>>,
}

struct Shared {
    queue: Mutex<Queue>,
    changed: Condvar,
    capacity: usize,
    done: AtomicU64,
}

#[derive(Default)]
struct Queue {
    jobs: VecDeque<Job>,
    idle: usize,
    closed: bool,
}

impl Pool {
    pub(super) fn new(threads: usize, capacity: usize) -> std::io::Result<Self> {
        let shared = Arc::new(Shared {
            queue: Mutex::default(),
            changed: Condvar::new(),
            capacity,
            done: AtomicU64::new(0),
        });
        let mut pool = Self { shared, threads: Vec::new() };
        for number in 0..threads.max(1) {
            let shared = Arc::clone(&pool.shared);
            let thread = std::thread::Builder::new().name(format!("password-{number}"));
            pool.threads.push(thread.spawn(move || shared.work())?);
        }
        Ok(pool)
    }

    /// Runs `work` on one of the threads. Refused at once when as many wait as may; dropped unrun when the
    /// caller has gone away before its turn came.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Vec<Block>) -> T + Send + 'static,
    ) -> Result<T, Refused> {
        let (reply, answer) = oneshot::channel();
        let shared = Arc::clone(&self.shared);
        self.shared.push(Box::new(move |memory| {
            if !reply.is_closed() {
                let result = work(memory);
                shared.done.fetch_add(1, Ordering::Relaxed);
                // The receiver may leave while we work; then nobody wants the result.
                let _ = reply.send(result);
            }
        }))?;
        answer.await.map_err(|_| Refused)
    }

    /// How much work waits for a thread.
    pub(super) fn waiting(&self) -> usize {
        self.shared.lock().jobs.len()
    }

    /// How much work was done since the start.
    pub(super) fn done(&self) -> u64 {
        self.shared.done.load(Ordering::Relaxed)
    }
}

/// Waits for the job at hand, at most some 45 ms; those still queued are dropped and told so.
impl Drop for Pool {
    fn drop(&mut self) {
        {
            let mut queue = self.shared.lock();
            queue.closed = true;
            queue.jobs.clear();
        }
        self.shared.changed.notify_all();
        for thread in self.threads.drain(..) {
            // A thread that panicked has nothing left to wait for.
            let _ = thread.join();
        }
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn push(&self, job: Job) -> Result<(), Refused> {
        let mut queue = self.lock();
        // A thread that is idle takes its job at once, so that job does not wait.
        if queue.closed || queue.jobs.len() >= self.capacity + queue.idle {
            return Err(Refused);
        }
        queue.jobs.push_back(job);
        drop(queue);
        self.changed.notify_one();
        Ok(())
    }

    fn work(&self) {
        let mut memory = Vec::new();
        while let Some(job) = self.next(&mut memory) {
            job(&mut memory);
        }
    }

    fn next(&self, memory: &mut Vec<Block>) -> Option<Job> {
        let mut queue = self.lock();
        loop {
            if queue.closed {
                return None;
            }
            if let Some(job) = queue.jobs.pop_front() {
                return Some(job);
            }
            queue.idle += 1;
            let (woken, waited) =
                self.changed.wait_timeout(queue, KEEP_MEMORY).unwrap_or_else(PoisonError::into_inner);
            queue = woken;
            queue.idle -= 1;
            if waited.timed_out() {
                *memory = Vec::new();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::AtomicUsize;
    use std::sync::mpsc;

    /// A pool of one thread that is busy until the returned sender is dropped.
    fn busy_pool(capacity: usize) -> (Arc<Pool>, mpsc::Sender<()>) {
        let pool = Arc::new(Pool::new(1, capacity).unwrap());
        let (release, released) = mpsc::channel::<()>();
        let (started, has_started) = mpsc::channel();
        let blocker: Job = Box::new(move |_| {
            started.send(()).unwrap();
            let _ = released.recv();
        });
        pool.shared.push(blocker).unwrap();
        has_started.recv().unwrap();
        (pool, release)
    }

    #[tokio::test]
    async fn beyond_the_queue_work_is_refused_at_once_and_the_queued_is_done() {
        let (pool, release) = busy_pool(2);
        let queued: Vec<_> = (0..2)
            .map(|number| {
                let pool = Arc::clone(&pool);
                tokio::spawn(async move { pool.run(move |_| number).await })
            })
            .collect();
        while pool.waiting() < 2 {
            tokio::task::yield_now().await;
        }
        assert_eq!(pool.run(|_| ()).await, Err(Refused));
        drop(release);
        for (number, task) in queued.into_iter().enumerate() {
            assert_eq!(task.await.unwrap(), Ok(number));
        }
        assert_eq!(pool.run(|_| 7).await, Ok(7));
        assert_eq!((pool.waiting(), pool.done()), (0, 3), "what was refused was not done");
    }

    #[tokio::test]
    async fn work_of_a_caller_who_left_is_not_done() {
        let (pool, release) = busy_pool(8);
        let done = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&done);
        let abandoned = {
            let pool = Arc::clone(&pool);
            tokio::spawn(async move { pool.run(move |_| counter.fetch_add(1, Ordering::SeqCst)).await })
        };
        while pool.shared.lock().jobs.is_empty() {
            tokio::task::yield_now().await;
        }
        abandoned.abort();
        assert!(abandoned.await.is_err());
        drop(release);
        assert_eq!(pool.run(|_| ()).await, Ok(()));
        assert_eq!(done.load(Ordering::SeqCst), 0);
    }

    #[tokio::test]
    async fn dropping_the_pool_ends_its_threads_and_tells_the_queued() {
        let (pool, release) = busy_pool(8);
        let shared = Arc::clone(&pool.shared);
        let (reply, answer) = oneshot::channel::<()>();
        shared.push(Box::new(move |_| drop(reply))).unwrap();
        drop(release);
        drop(pool);
        assert!(answer.await.is_err());
        assert!(shared.push(Box::new(|_| ())).is_err());
        assert_eq!(Arc::strong_count(&shared), 1, "every thread has let go");
    }

    #[tokio::test]
    async fn memory_is_kept_from_job_to_job() {
        let pool = Pool::new(1, 1).unwrap();
        assert_eq!(pool.run(|memory| memory.resize(4, Block::new())).await, Ok(()));
        assert_eq!(pool.run(|memory| memory.len()).await, Ok(4));
    }
}
