//! What is captured of the running program: asked and changed, by it or from outside.
//!
//! `{ "mode": 3, "include": ["src/cart.js:*"], "forMs": 30000 }` → `{ "functions": 3, "of": 1204, … }`

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use breadcrumb_recorder::{Capture, Captured, Control, Controlled, Refusal};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value as Json, json};

use crate::coded_error::CodedError;
use crate::dump;
use crate::function_patterns::FunctionPatterns;
use crate::process;

/// What is to be captured.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CaptureRequest {
    /// Mode byte of the chosen functions.
    #[serde(deserialize_with = "known_mode")]
    mode: u8,
    /// Patterns; none for all functions.
    include: Option<Vec<String>>,
    /// How long; none: until the next change.
    for_ms: Option<u64>,
    /// What recording may cost from now on, as a share of the process's own processor time; 0: anything;
    /// none: as before.
    overhead: Option<f64>,
}

fn known_mode<'de, D: serde::Deserializer<'de>>(from: D) -> Result<u8, D::Error> {
    let mode = u8::deserialize(from)?;
    if u32::from(mode) > breadcrumb_event::layout::MODE_VALUES {
        return Err(serde::de::Error::custom(format!(
            "mode {mode} is not known"
        )));
    }
    Ok(mode)
}

/// Changes what is captured. Returns how many functions are, of how many, and, where none is, names
/// like those asked for.
pub fn set(request: CaptureRequest) -> Result<Json, CodedError> {
    let root = process::recording_root().ok_or_else(CodedError::not_configured)?;
    let include = request.include.unwrap_or_default();
    let patterns = (!include.is_empty())
        .then(|| FunctionPatterns::new(&root, &include))
        .transpose()?;
    let chosen = patterns.map(|patterns| {
        let choose: Arc<breadcrumb_recorder::Chooser> =
            Arc::new(move |entry: &_| patterns.choose(entry));
        choose
    });
    let capture = Capture {
        mode: request.mode,
        chosen,
        include: include.clone(),
    };
    if let Some(recorder) = process::recorder() {
        if let Some(overhead) = request.overhead {
            recorder.set_overhead((overhead > 0.0).then_some(overhead));
        }
        if u32::from(request.mode) != breadcrumb_event::layout::MODE_OFF {
            recorder.begin_record();
        }
    }
    let control = Control::get()?;
    let Captured { functions, of } = control
        .captures()
        .set(capture, request.for_ms.map(Duration::from_millis));
    let is_lost = functions == 0 && u32::from(request.mode) != breadcrumb_event::layout::MODE_OFF;
    let near = if is_lost {
        FunctionPatterns::near(&include, &control.functions().snapshot())
    } else {
        Vec::new()
    };
    Ok(json!({ "functions": functions, "of": of, "near": near }))
}

/// What holds now.
pub fn current() -> Result<Json, CodedError> {
    let (capture, captured, left) = Control::get()?.captures().current();
    Ok(json!({
        "mode": capture.mode,
        "include": capture.include,
        "functions": captured.functions,
        "of": captured.of,
        "leftMs": left.map(|left| left.as_millis() as u64),
    }))
}

/// Answers other processes of this user.
pub struct ProcessControl;

impl Controlled for ProcessControl {
    fn answer(&self, request: &Json) -> Result<Json, Refusal> {
        match request["do"].as_str() {
            Some("status") => Ok(status()?),
            Some("capture") => Ok(set(part(request, "capture")?)?),
            Some("dump") => Ok(dump::dump(part(request, "dump")?)?),
            _ => Err(not_understood(format_args!(
                "do is {}, and may be \"status\", \"capture\" or \"dump\"",
                request["do"]
            ))),
        }
    }
}

fn part<T: DeserializeOwned>(request: &Json, name: &str) -> Result<T, Refusal> {
    T::deserialize(&request[name]).map_err(|error| not_understood(format_args!("{error}")))
}

fn not_understood(why: fmt::Arguments<'_>) -> Refusal {
    Refusal {
        code: "BC_ERR_BAD_OPTION",
        message: format!("The request is not understood: {why}"),
    }
}

fn status() -> Result<Json, CodedError> {
    let recorder = process::recorder().ok_or_else(CodedError::not_configured)?;
    let mut status = process::about_run().ok_or_else(CodedError::not_configured)?;
    status["capture"] = current()?;
    status["counters"] = json!(recorder.counters());
    Ok(status)
}
