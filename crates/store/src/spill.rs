//! Encoded rows that wait for their segment's publication outside of memory.
//!
//! ```ignore
//! let mut spill = Spill::create(&folder)?;
//! let place = spill.write([b"pages".as_slice()])?;
//! assert_eq!(spill.read(place)?, b"pages");
//! ```
//! The file has no name (on Windows: goes when it is closed), so that nothing is left of it when
//! its process dies. Limits: space is taken back only as a whole, by [`Spill::clear`].

use std::fs::File;
use std::io::{Read, Result, Seek, SeekFrom, Write};
use std::path::Path;

use crate::atomic_file::private_options;

/// A stretch of a spill.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct SpilledBytes {
    offset: u64,
    bytes: usize,
}

/// A nameless file.
#[derive(Debug)]
pub(crate) struct Spill {
    file: File,
    end: u64,
}

impl Spill {
    /// Makes an empty spill on the file system of `folder`.
    pub(crate) fn create(folder: &Path) -> Result<Self> {
        let name = format!("spill.{}.tmp", uuid::Uuid::now_v7());
        let path = folder.join(name);
        let mut options = private_options();
        options.read(true).write(true).create_new(true);
        #[cfg(windows)]
        {
            use std::os::windows::fs::OpenOptionsExt as _;
            const FILE_FLAG_DELETE_ON_CLOSE: u32 = 0x0400_0000;
            options.custom_flags(FILE_FLAG_DELETE_ON_CLOSE);
        }
        let file = options.open(&path)?;
        #[cfg(not(windows))]
        std::fs::remove_file(&path)?;
        Ok(Self { file, end: 0 })
    }

    /// Adds pieces, as one stretch. After an error nothing was added.
    pub(crate) fn write<'a>(
        &mut self,
        pieces: impl IntoIterator<Item = &'a [u8]>,
    ) -> Result<SpilledBytes> {
        self.file.seek(SeekFrom::Start(self.end))?;
        let mut bytes = 0;
        for piece in pieces {
            self.file.write_all(piece)?;
            bytes += piece.len();
        }
        let place = SpilledBytes {
            offset: self.end,
            bytes,
        };
        self.end += bytes as u64;
        Ok(place)
    }

    /// The bytes of a stretch.
    pub(crate) fn read(&mut self, place: SpilledBytes) -> Result<Vec<u8>> {
        self.file.seek(SeekFrom::Start(place.offset))?;
        let mut bytes = vec![0; place.bytes];
        self.file.read_exact(&mut bytes)?;
        Ok(bytes)
    }

    /// Forgets all and gives the space back.
    pub(crate) fn clear(&mut self) -> Result<()> {
        self.end = 0;
        self.file.set_len(0)
    }
}
