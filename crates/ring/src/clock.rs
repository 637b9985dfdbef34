//! Clocks that `std` does not give as numbers: `monotonic_ns()` is the clock of
//! `process.hrtime.bigint()`. Limits: a clock that fails reads 0.

fn read(clock: libc::clockid_t) -> i64 {
    let mut time = libc::timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    // SAFETY: `time` is a valid, writable timespec for the call.
    if unsafe { libc::clock_gettime(clock, &raw mut time) } != 0 {
        return 0;
    }
    // i64 on the targets we build for; narrower on others.
    #[allow(clippy::unnecessary_cast)]
    let (seconds, rest) = (time.tv_sec as i64, time.tv_nsec as i64);
    seconds * 1_000_000_000 + rest
}

/// The monotonic clock, ns.
#[must_use]
pub fn monotonic_ns() -> i64 {
    read(libc::CLOCK_MONOTONIC)
}

/// The wall clock, ns since 1970.
#[must_use]
pub fn wall_ns() -> i64 {
    read(libc::CLOCK_REALTIME)
}

/// Processor time of the process, all its threads, ns.
#[must_use]
pub fn process_cpu_ns() -> i64 {
    read(libc::CLOCK_PROCESS_CPUTIME_ID)
}

/// Processor time of the calling thread, ns.
#[must_use]
pub fn thread_cpu_ns() -> i64 {
    read(libc::CLOCK_THREAD_CPUTIME_ID)
}
