//! Holds back what is written to standard error between the last JavaScript of a process that dies
//! of an exception and its end: Node prints the error there, with an excerpt from the text with
//! probes, and nothing else can run. At the end it is written on, the excerpt mended.
//!
//! Limits: Linux; elsewhere nothing is held and the excerpt shows the probes. If the process is
//! killed within those microseconds the message is lost.

#[cfg(target_os = "linux")]
mod platform {
    use std::fs::File;
    use std::io::{ErrorKind, Read, Seek, Write};
    use std::os::fd::{AsRawFd, FromRawFd};

    use parking_lot::Mutex;

    use crate::excerpt;

    const STDERR: i32 = 2;

    /// The real standard error, and the file that stands in for it.
    struct Held {
        real: File,
        file: File,
    }

    static HELD: Mutex<Option<Held>> = Mutex::new(None);

    pub fn hold() {
        let mut held = HELD.lock();
        if held.is_some() {
            return;
        }
        // SAFETY: plain system calls; each descriptor is checked before it gets its one owner.
        let opened = unsafe {
            let real = libc::fcntl(STDERR, libc::F_DUPFD_CLOEXEC, 3);
            let file = libc::memfd_create(c"breadcrumb-stderr".as_ptr(), libc::MFD_CLOEXEC);
            if real < 0 || file < 0 {
                return;
            }
            Held {
                real: File::from_raw_fd(real),
                file: File::from_raw_fd(file),
            }
        };
        // SAFETY: both descriptors are open.
        if unsafe { libc::dup2(opened.file.as_raw_fd(), STDERR) } == STDERR {
            *held = Some(opened);
        }
    }

    pub fn release(sources: &dyn excerpt::Sources) {
        let Some(mut held) = HELD.lock().take() else {
            return;
        };
        // SAFETY: both descriptors are open.
        unsafe { libc::dup2(held.real.as_raw_fd(), STDERR) };
        let mut printed = Vec::new();
        if held
            .file
            .rewind()
            .and_then(|()| held.file.read_to_end(&mut printed))
            .is_err()
        {
            return;
        }
        let mended = match String::from_utf8(printed) {
            Ok(text) => excerpt::mend(&text, None, sources).into_bytes(),
            Err(error) => error.into_bytes(),
        };
        write_all(&mut held.real, &mended);
    }

    /// Writes to a descriptor that may be a full pipe in non-blocking mode.
    fn write_all(file: &mut File, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            match file.write(bytes) {
                Ok(0) => return,
                Ok(written) => bytes = &bytes[written..],
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) if error.kind() == ErrorKind::WouldBlock => {
                    let mut poll = libc::pollfd {
                        fd: file.as_raw_fd(),
                        events: libc::POLLOUT,
                        revents: 0,
                    };
                    // SAFETY: one valid structure.
                    unsafe { libc::poll(&raw mut poll, 1, -1) };
                }
                Err(_) => return,
            }
        }
    }
}

#[cfg(not(target_os = "linux"))]
mod platform {
    pub fn hold() {}

    pub fn release(_sources: &dyn crate::excerpt::Sources) {}
}

pub use platform::{hold, release};
