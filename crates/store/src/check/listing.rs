//! The store's own folder and the runs' records.
//!
//! Limits: `quarantine/` is told of, not looked through.

use std::path::Path;

use super::leftover::{Owner, owner_of};
use super::{Check, FindingKind};
use crate::StoreError;
use crate::atomic_file::{SUFFIX, list};
use crate::migrate::STAGING;

/// Name of the folder for what was found damaged.
pub(crate) const QUARANTINE: &str = "quarantine";

impl Check<'_> {
    /// The store's folder, and the entries of `segments/` that are no days.
    pub(super) fn top(&mut self) -> Result<(), StoreError> {
        let folder = self.store.folder().to_owned();
        self.see_mode(&folder);
        if let Some(kind) = self.store.network_kind() {
            let reason =
                format!("machines share its file system ({kind}): nobody merges or prunes it");
            self.find(FindingKind::Network, &folder, &reason);
        }
        for entry in list(&folder)? {
            let path = entry.path();
            match entry.file_name().to_string_lossy().as_ref() {
                "segments" | "runs" => self.see_mode(&path),
                "store.json" | ".gitignore" => self.visit(&path),
                "upkeep.lock" => {
                    self.visit(&path);
                    if self.others_keep(&path) {
                        let reason = "a living process merges, migrates or prunes";
                        self.find(FindingKind::InUse, &path, reason);
                    }
                }
                QUARANTINE => {
                    self.see_mode(&path);
                    let held = list(&path)?.len();
                    if held > 0 {
                        let reason = format!("{held} found damaged earlier, with the reasons");
                        self.find(FindingKind::Quarantined, &path, &reason);
                    }
                }
                STAGING => {
                    self.see_mode(&path);
                    self.upkeep_leftover(&path, "a migration");
                }
                name => self.other(&path, name),
            }
        }
        let segments = self.store.segments_folder();
        for entry in list(&segments)? {
            let name = entry.file_name();
            if !is_day(&name.to_string_lossy()) || !entry.path().is_dir() {
                self.other(&entry.path(), &name.to_string_lossy());
            }
        }
        Ok(())
    }

    /// A file that an upkeep that was cut short left, or that one is at.
    pub(super) fn upkeep_leftover(&mut self, path: &Path, what: &str) {
        let lock = self.store.upkeep_path();
        if self.others_keep(&lock) {
            self.find(FindingKind::InUse, path, &format!("{what} is at it"));
        } else {
            let reason = format!("{what} was cut short; the next one removes it");
            self.find(FindingKind::Leftover, path, &reason);
        }
    }

    /// Another process merges, migrates or prunes.
    fn others_keep(&self, lock: &Path) -> bool {
        !self.holds_upkeep && owner_of(lock) == Owner::Alive
    }

    /// A file that is not known by its name.
    pub(super) fn other(&mut self, path: &Path, name: &str) {
        if !name.ends_with(SUFFIX) {
            self.find(FindingKind::Foreign, path, "is none of a store's files");
            return;
        }
        self.visit(path);
        let owner = owner_of(path);
        if !path.exists() {
            return; // It was put in place.
        }
        match owner {
            Owner::Alive => self.find(FindingKind::InUse, path, "a living process writes it"),
            Owner::Dead => {
                let reason = "its writer died; the next recording removes it";
                self.find(FindingKind::Leftover, path, reason);
            }
        }
    }
}

/// `date=2026-11-23`.
fn is_day(name: &str) -> bool {
    let Some(date) = name.strip_prefix("date=") else {
        return false;
    };
    date.len() == 10
        && date.bytes().enumerate().all(|(at, byte)| match at {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        })
}
