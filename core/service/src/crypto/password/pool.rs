//! A few threads and a short queue for work that takes a core and megabytes for some 45 ms each.
//!
//! Not tokio's blocking threads: there are 512 of them, and 512 times 19 MiB is a dead machine. Each thread
//! keeps its memory between jobs and gives it back after half a minute without one.
//!
//! On Linux they run when nothing else wants the core (sched(7), `SCHED_IDLE`), and give it back the moment something
//! does: an agent's question passes through several threads, and must not wait at each for a hash. So that a machine
//! which always has something better to do still lets people in, one more thread gives way to nobody; it takes what has
//! waited too long.

use argon2::Block;
use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use tokio::sync::oneshot;

const KEEP_MEMORY: Duration = Duration::from_secs(30);
/// How long work waits for the threads that give way before one that does not takes it.
const LATE: Duration = Duration::from_millis(250);

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
    /// Tells the thread that looks for what is late that there is something again.
    filled: Condvar,
    capacity: usize,
    late: Duration,
    done: AtomicU64,
}

#[derive(Default)]
struct Queue {
    jobs: VecDeque<Waiting>,
    idle: usize,
    closed: bool,
}

struct Waiting {
    since: Instant,
    job: Job,
}

impl Pool {
    pub(super) fn new(threads: usize, capacity: usize) -> std::io::Result<Self> {
        Self::with_lateness(threads, capacity, LATE)
    }

    fn with_lateness(threads: usize, capacity: usize, late: Duration) -> std::io::Result<Self> {
        let shared = Arc::new(Shared {
            queue: Mutex::default(),
            changed: Condvar::new(),
            filled: Condvar::new(),
            capacity,
            late,
            done: AtomicU64::new(0),
        });
        let mut pool = Self { shared, threads: Vec::new() };
        for number in 0..threads.max(1) {
            pool.spawn(format!("password-{number}"), Shared::work)?;
        }
        pool.spawn("password-late".to_owned(), Shared::work_late)?;
        Ok(pool)
    }

    fn spawn(&mut self, name: String, work: fn(&Shared)) -> std::io::Result<()> {
        let shared = Arc::clone(&self.shared);
        let thread = std::thread::Builder::new().name(name);
        self.threads.push(thread.spawn(move || work(&shared))?);
        Ok(())
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
        self.shared.filled.notify_all();
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
        let first = queue.jobs.is_empty();
        queue.jobs.push_back(Waiting { since: Instant::now(), job });
        drop(queue);
        self.changed.notify_one();
        if first {
            self.filled.notify_one();
        }
        Ok(())
    }

    fn work(&self) {
        give_way();
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
            if let Some(waiting) = queue.jobs.pop_front() {
                return Some(waiting.job);
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

    fn work_late(&self) {
        while let Some(job) = self.next_late() {
            // Not kept: this is rare.
            job(&mut Vec::new());
        }
    }

    fn next_late(&self) -> Option<Job> {
        let mut queue = self.lock();
        while !queue.closed {
            let waited = queue.jobs.front().map(|waiting| waiting.since.elapsed());
            queue = match waited {
                Some(waited) if waited >= self.late => {
                    return queue.jobs.pop_front().map(|waiting| waiting.job);
                }
                Some(waited) => {
                    let left = self.late - waited;
                    self.filled.wait_timeout(queue, left).unwrap_or_else(PoisonError::into_inner).0
                }
                None => self.filled.wait(queue).unwrap_or_else(PoisonError::into_inner),
            };
        }
        None
    }
}

/// Has the kernel run this thread when no other wants the core, and take the core from it when one does.
#[cfg(target_os = "linux")]
fn give_way() {
    use thread_priority::{NormalThreadSchedulePolicy, ThreadPriority, ThreadSchedulePolicy};
    let policy = ThreadSchedulePolicy::Normal(NormalThreadSchedulePolicy::Idle);
    let thread = thread_priority::thread_native_id();
    let changed = thread_priority::set_thread_priority_and_policy(thread, ThreadPriority::Min, policy);
    if let Err(error) = changed {
        tracing::debug!(%error, "hashing does not give way to other work");
    }
}

#[cfg(not(target_os = "linux"))]
fn give_way() {}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::AtomicUsize;
    use std::sync::mpsc;

    /// A pool of one thread that is busy until the returned sender is dropped.
    fn busy_pool(capacity: usize) -> (Arc<Pool>, mpsc::Sender<()>) {
        busy_pool_with(capacity, Duration::from_secs(3_600))
    }

    fn busy_pool_with(capacity: usize, late: Duration) -> (Arc<Pool>, mpsc::Sender<()>) {
        let pool = Arc::new(Pool::with_lateness(1, capacity, late).unwrap());
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
    async fn what_waits_too_long_is_taken_by_a_thread_that_gives_way_to_nobody() {
        let (pool, _release) = busy_pool_with(8, Duration::from_millis(1));
        let name = pool.run(|_| std::thread::current().name().map(str::to_owned)).await;
        assert_eq!(name, Ok(Some("password-late".to_owned())));
    }

    #[cfg(target_os = "linux")]
    #[tokio::test]
    async fn threads_that_hash_run_when_nothing_else_does() {
        use thread_priority::{NormalThreadSchedulePolicy, ThreadSchedulePolicy, thread_schedule_policy};
        let pool = Pool::new(1, 1).unwrap();
        let policy = pool.run(|_| thread_schedule_policy()).await.unwrap();
        assert_eq!(policy, Ok(ThreadSchedulePolicy::Normal(NormalThreadSchedulePolicy::Idle)));
    }

    #[tokio::test]
    async fn memory_is_kept_from_job_to_job() {
        let pool = Pool::new(1, 1).unwrap();
        assert_eq!(pool.run(|memory| memory.resize(4, Block::new())).await, Ok(()));
        assert_eq!(pool.run(|memory| memory.len()).await, Ok(4));
    }
}
