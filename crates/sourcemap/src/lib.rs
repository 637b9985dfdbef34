//! Source maps: where a place of a generated text came from, and what it was called there.
//!
//! ```
//! use breadcrumb_sourcemap::{SourceMap, mapping_url};
//! let code = "function a(){}\n//# sourceMappingURL=app.js.map\n";
//! assert_eq!(mapping_url(code), Some("app.js.map"));
//! let map = SourceMap::parse(br#"{"version":3,"sources":["app.ts"],"names":["checkout"],
//!   "mappings":"AACA,SAASA"}"#).unwrap();
//! let place = map.original(1, 10).unwrap();
//! assert_eq!((map.sources()[0].name.as_str(), place.line, place.column), ("app.ts", 2, 10));
//! assert_eq!(map.name_at(1, 10), Some("checkout"));
//! ```
//! Pure: no file is read here. Lines and columns count from 1, columns in UTF-16 units, as V8's do.
//! Limits: maps by version 3, with or without sections; a section that only names another map
//! (`url`) is refused.

#![forbid(unsafe_code)]

mod data_url;
mod error;
mod location;
mod mapping_url;
mod source_map;
mod stack;

pub use crate::data_url::decode_data_url;
pub use crate::error::SourceMapError;
pub use crate::location::{Location, locate};
pub use crate::mapping_url::mapping_url;
pub use crate::source_map::{Original, Source, SourceMap};
pub use crate::stack::{first_place, map_stack};
