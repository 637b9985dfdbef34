//! How another process of this user speaks with one that records: a socket beside the runs' folders.
//!
//! ```text
//! /dev/shm/breadcrumb-1000/<run>.sock     0600 from its first moment, in a folder of mode 0700
//! → {"version":1,"do":"status"}           one line a request, one line an answer
//! ← {"version":1,"ok":{"pid":4711,…}}     or {"version":1,"error":{"code":"BC_ERR_…","message":"…"}}
//! ```
//! A thread of its own answers, so that it works while JavaScript is busy. Limits: Unix; one connection
//! after the other, two seconds each while it says nothing; 64 KiB a request.

use std::fs;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::Shutdown;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{Builder, JoinHandle};
use std::time::Duration;

use parking_lot::Mutex;
use serde_json::{Value as Json, json};

/// Version of the messages.
pub const CONTROL_VERSION: u64 = 1;
/// What the name of a run's socket ends in.
pub const SOCKET_SUFFIX: &str = ".sock";

/// How long a connection may say or take nothing.
const SILENCE: Duration = Duration::from_secs(2);
/// Between two attempts to accept a connection, where one failed.
const BREATH: Duration = Duration::from_millis(50);
/// Bytes of a request.
const MAX_REQUEST: u64 = 64 << 10;

/// Why a request is not done.
#[derive(Clone, Debug)]
pub struct Refusal {
    /// A stable code, `BC_ERR_…`.
    pub code: &'static str,
    /// What was got and what to do.
    pub message: String,
}

/// What is asked.
pub trait Controlled: Send + Sync {
    /// Does what `request` says in `do`.
    ///
    /// # Errors
    /// The reason why it is not done.
    fn answer(&self, request: &Json) -> Result<Json, Refusal>;
}

/// Where a process listens, and who answers.
#[derive(Clone)]
pub struct ControlOptions {
    /// A folder that only this user can read.
    pub root: PathBuf,
    /// Answers.
    pub controlled: Arc<dyn Controlled>,
}

/// Where a run listens.
fn socket_of(root: &Path, run_id: &str) -> PathBuf {
    root.join(format!("{run_id}{SOCKET_SUFFIX}"))
}

/// What it is called before it is listened to.
fn new_of(socket: &Path) -> PathBuf {
    socket.with_added_extension("new")
}

/// Removes what a dead run has left.
pub(crate) fn remove_socket(root: &Path, run_id: &str) {
    let socket = socket_of(root, run_id);
    let _ = fs::remove_file(new_of(&socket));
    let _ = fs::remove_file(socket);
}

/// The answer to a line, without a line break.
fn answer_to(line: &[u8], controlled: &dyn Controlled) -> String {
    let answer = match serde_json::from_slice::<Json>(line) {
        Ok(request) => match request["version"].as_u64() {
            Some(CONTROL_VERSION) => controlled.answer(&request),
            version => Err(Refusal {
                code: "BC_ERR_CONTROL_VERSION",
                message: format!(
                    "This process speaks version {CONTROL_VERSION} of the control messages, and was asked in {}: use the same version of breadcrumb-tracer as it",
                    version.map_or("none".into(), |version| format!("version {version}"))
                ),
            }),
        },
        Err(error) => Err(Refusal {
            code: "BC_ERR_BAD_OPTION",
            message: format!("The request is no JSON: {error}"),
        }),
    };
    let answer = match answer {
        Ok(answer) => json!({ "version": CONTROL_VERSION, "ok": answer }),
        Err(Refusal { code, message }) => {
            json!({ "version": CONTROL_VERSION, "error": { "code": code, "message": message } })
        }
    };
    answer.to_string()
}

/// A socket that is listened to. See the module.
#[derive(Debug)]
pub(crate) struct ControlChannel {
    path: PathBuf,
    listening: Arc<Listening>,
    thread: JoinHandle<()>,
}

/// What the thread and whoever ends it share.
#[derive(Debug, Default)]
struct Listening {
    closing: AtomicBool,
    /// The connection that is being served.
    current: Mutex<Option<UnixStream>>,
}

impl Listening {
    fn is_closing(&self) -> bool {
        self.closing.load(Ordering::Acquire)
    }
}

impl ControlChannel {
    /// Listens for the run.
    pub(crate) fn open(options: &ControlOptions, run_id: &str) -> io::Result<Self> {
        let path = socket_of(&options.root, run_id);
        let listener = listener_at(&path)?;
        let listening = Arc::new(Listening::default());
        let (shared, controlled) = (Arc::clone(&listening), Arc::clone(&options.controlled));
        let thread = Builder::new()
            .name("breadcrumb-control".into())
            .spawn(move || listen(&listener, &shared, &*controlled))?;
        Ok(Self {
            path,
            listening,
            thread,
        })
    }

    /// Listens no more.
    pub(crate) fn close(self) {
        self.listening.closing.store(true, Ordering::Release);
        if let Some(connection) = self.listening.current.lock().take() {
            let _ = connection.shutdown(Shutdown::Both);
        }
        // What wakes the thread.
        let woken = UnixStream::connect(&self.path);
        let _ = fs::remove_file(&self.path);
        if woken.is_ok() {
            let _ = self.thread.join();
        }
    }
}

/// A socket that has its mode and is listened to once it can be seen.
fn listener_at(path: &Path) -> io::Result<UnixListener> {
    let new = new_of(path);
    let listener = UnixListener::bind(&new)?;
    fs::set_permissions(&new, fs::Permissions::from_mode(0o600))
        .and_then(|()| fs::rename(&new, path))
        .inspect_err(|_| drop(fs::remove_file(&new)))?;
    Ok(listener)
}

fn listen(listener: &UnixListener, listening: &Listening, controlled: &dyn Controlled) {
    for connection in listener.incoming() {
        let Ok(connection) = connection else {
            if listening.is_closing() {
                return;
            }
            // No file descriptor is free, say.
            std::thread::sleep(BREATH);
            continue;
        };
        *listening.current.lock() = connection.try_clone().ok();
        if listening.is_closing() {
            return;
        }
        // Where it fails, whoever asked is gone.
        let _ = serve(&connection, listening, controlled);
        *listening.current.lock() = None;
    }
}

fn serve(
    connection: &UnixStream,
    listening: &Listening,
    controlled: &dyn Controlled,
) -> io::Result<()> {
    connection.set_read_timeout(Some(SILENCE))?;
    connection.set_write_timeout(Some(SILENCE))?;
    let mut lines = BufReader::new(connection);
    while !listening.is_closing() {
        let mut line = Vec::new();
        let read = (&mut lines)
            .take(MAX_REQUEST)
            .read_until(b'\n', &mut line)?;
        if read == 0 || !line.ends_with(b"\n") {
            break;
        }
        let mut out = connection;
        out.write_all((answer_to(&line, controlled) + "\n").as_bytes())?;
    }
    Ok(())
}
