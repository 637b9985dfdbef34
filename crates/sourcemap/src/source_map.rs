//! A decoded map, asked for the original of a place.
//!
//! With `AACA,SAASA` line 1, column 3 comes from line 2, column 1 of the first source: a place
//! belongs to the last segment before it on its line.
//!
//! Limits: a line without segments, and a place before the first one, have no original. What the
//! sources hold is not kept.

use std::borrow::Cow;
use std::fmt;

use oxc_sourcemap::JSONSourceMap;
use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, Visitor};

use crate::{SourceMapError, mapping_url};

const NONE: u32 = u32::MAX;

/// A part of a line, up to the next one. All from 0.
#[derive(Clone, Copy, Debug)]
struct Segment {
    line: u32,
    column: u32,
    source: u32,
    source_line: u32,
    source_column: u32,
    name: u32,
}

/// A source of a map.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// Its name as in the map; empty where the map has none.
    pub name: String,
    /// The `sourceRoot` that it stands under.
    pub root: Option<String>,
    /// The map has its text.
    pub has_text: bool,
    /// What that text says of a map of its own.
    pub mapping_url: Option<String>,
}

/// The original of a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Original {
    /// Index in [`SourceMap::sources`].
    pub source: usize,
    /// From 1.
    pub line: u32,
    /// From 1, in UTF-16 units.
    pub column: u32,
}

/// See the module.
#[derive(Clone, Debug, Default)]
pub struct SourceMap {
    segments: Vec<Segment>,
    sources: Vec<Source>,
    names: Vec<String>,
}

impl SourceMap {
    /// Decodes the JSON of a map.
    ///
    /// # Errors
    /// [`SourceMapError`], for anything that is not a whole and sound map.
    pub fn parse(json: &[u8]) -> Result<Self, SourceMapError> {
        let raw: RawMap = serde_json::from_slice(without_guard(json))?;
        let mut map = Self::default();
        if let Some(sections) = raw.sections {
            for section in sections {
                if section.url.is_some() {
                    return Err(SourceMapError::SectionUrl);
                }
                let part = section.map.ok_or(SourceMapError::SectionUrl)?;
                map.append(part, section.offset.line, section.offset.column)?;
            }
        } else {
            map.append(raw, 0, 0)?;
        }
        // A stable sort: of two segments of one place the last holds, as for other readers.
        let place = |segment: &Segment| (segment.line, segment.column);
        if !map.segments.is_sorted_by_key(place) {
            map.segments.sort_by_key(place);
        }
        Ok(map)
    }

    fn append(&mut self, raw: RawMap, line: u32, column: u32) -> Result<(), SourceMapError> {
        if raw.version != Some(3) {
            return Err(SourceMapError::Version);
        }
        let (first_source, first_name) = (self.sources.len() as u32, self.names.len() as u32);
        let contents = raw.sources_content.unwrap_or_default();
        let names: Vec<String> = raw
            .names
            .unwrap_or_default()
            .into_iter()
            .map(text)
            .collect();
        let mut sources = Vec::with_capacity(raw.sources.len());
        for (index, name) in raw.sources.into_iter().enumerate() {
            let content = contents.get(index);
            sources.push(Source {
                name: name.map(Cow::into_owned).unwrap_or_default(),
                root: raw.source_root.as_deref().map(str::to_owned),
                has_text: content.is_some_and(|content| content.is_some),
                mapping_url: content.and_then(|content| content.mapping_url.clone()),
            });
        }
        let decoded = oxc_sourcemap::SourceMap::from_json(JSONSourceMap {
            version: 3,
            file: None,
            mappings: raw.mappings.into_owned(),
            source_root: None,
            sources: vec![String::new(); sources.len()],
            sources_content: None,
            names: vec![String::new(); names.len()],
            debug_id: None,
            x_google_ignore_list: None,
        })
        .map_err(|error| SourceMapError::Mappings(error.to_string()))?;
        self.segments.reserve(decoded.get_tokens().len());
        for token in decoded.get_tokens() {
            let first_line = if token.get_dst_line() == 0 { column } else { 0 };
            self.segments.push(Segment {
                line: token.get_dst_line().saturating_add(line),
                column: token.get_dst_col().saturating_add(first_line),
                source: token.get_source_id().map_or(NONE, |id| id + first_source),
                source_line: token.get_src_line(),
                source_column: token.get_src_col(),
                name: token.get_name_id().map_or(NONE, |id| id + first_name),
            });
        }
        self.sources.append(&mut sources);
        self.names.extend(names);
        Ok(())
    }

    /// Its sources.
    #[must_use]
    pub fn sources(&self) -> &[Source] {
        &self.sources
    }

    /// Number of its segments: what it weighs.
    #[must_use]
    pub fn len(&self) -> usize {
        self.segments.len()
    }

    /// It maps nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.segments.is_empty()
    }

    /// Where this line and column, from 1, came from.
    #[must_use]
    pub fn original(&self, line: u32, column: u32) -> Option<Original> {
        let segment = self.segment_at(line, column)?;
        (segment.source != NONE).then(|| Original {
            source: segment.source as usize,
            line: segment.source_line.saturating_add(1),
            column: segment.source_column.saturating_add(1),
        })
    }

    /// Whether a segment begins at this line and column, from 1.
    #[must_use]
    pub fn begins_at(&self, line: u32, column: u32) -> bool {
        let segment = self.segment_at(line, column);
        segment.is_some_and(|segment| segment.column == column - 1)
    }

    /// What stood here in the original, where a segment that has a name begins at this place.
    #[must_use]
    pub fn name_at(&self, line: u32, column: u32) -> Option<&str> {
        if self.names.is_empty() {
            return None;
        }
        let segment = self.segment_at(line, column)?;
        let begins_here = segment.column == column - 1 && segment.name != NONE;
        let name = begins_here.then(|| self.names[segment.name as usize].as_str())?;
        (!name.is_empty()).then_some(name)
    }

    /// Forgets names, which are asked for once.
    pub fn drop_names(&mut self) {
        self.names = Vec::new();
    }

    fn segment_at(&self, line: u32, column: u32) -> Option<&Segment> {
        let place = (line.checked_sub(1)?, column.checked_sub(1)?);
        let behind = self
            .segments
            .partition_point(|segment| (segment.line, segment.column) <= place);
        let segment = &self.segments[behind.checked_sub(1)?];
        (segment.line == place.0).then_some(segment)
    }
}

/// Servers put `)]}'` before JSON.
fn without_guard(json: &[u8]) -> &[u8] {
    if !json.starts_with(b")]}") {
        return json;
    }
    let end = json.iter().position(|&byte| byte == b'\n');
    &json[end.unwrap_or(json.len())..]
}

fn text(value: Option<Cow<'_, str>>) -> String {
    value.map(Cow::into_owned).unwrap_or_default()
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawMap<'a> {
    version: Option<u32>,
    #[serde(borrow)]
    sections: Option<Vec<RawSection<'a>>>,
    #[serde(borrow, default)]
    mappings: Cow<'a, str>,
    #[serde(borrow)]
    source_root: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    sources: Vec<Option<Cow<'a, str>>>,
    sources_content: Option<Vec<Content>>,
    #[serde(borrow)]
    names: Option<Vec<Option<Cow<'a, str>>>>,
}

#[derive(Deserialize)]
struct RawSection<'a> {
    offset: RawOffset,
    #[serde(borrow)]
    map: Option<RawMap<'a>>,
    url: Option<IgnoredAny>,
}

#[derive(Deserialize)]
struct RawOffset {
    line: u32,
    column: u32,
}

/// A source's text, of which only its own comment is kept.
#[derive(Default)]
struct Content {
    is_some: bool,
    mapping_url: Option<String>,
}

impl<'de> Deserialize<'de> for Content {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Look;
        impl Visitor<'_> for Look {
            type Value = Content;

            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str("a text or null")
            }

            fn visit_unit<E>(self) -> Result<Content, E> {
                Ok(Content::default())
            }

            fn visit_str<E>(self, text: &str) -> Result<Content, E> {
                Ok(Content {
                    is_some: true,
                    mapping_url: mapping_url(text).map(str::to_owned),
                })
            }
        }
        from.deserialize_any(Look)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn original(map: &SourceMap, line: u32, column: u32) -> Option<(&str, u32, u32)> {
        let found = map.original(line, column)?;
        let source = &map.sources()[found.source];
        Some((source.name.as_str(), found.line, found.column))
    }

    #[test]
    fn sections_with_their_offsets() {
        let json = r#"{"version":3,"sections":[
            {"offset":{"line":0,"column":0},"map":{"version":3,"sources":["a.js"],"names":["x"],"mappings":"AAAAA"}},
            {"offset":{"line":1,"column":4},"map":{"version":3,"sources":[null,"b.js"],"names":["y"],"mappings":"ACCAA;ACAA"}}
        ]}"#;
        let bad = SourceMap::parse(json.as_bytes()).unwrap_err();
        assert!(matches!(bad, SourceMapError::Mappings(_)), "{bad}");
        let json = json.replace("ACCAA;ACAA", "ACCAA;ADAA");
        let map = SourceMap::parse(json.as_bytes()).unwrap();
        assert_eq!(original(&map, 1, 9), Some(("a.js", 1, 1)));
        assert_eq!(original(&map, 2, 4), None);
        assert_eq!(original(&map, 2, 5), Some(("b.js", 2, 1)));
        assert_eq!(original(&map, 3, 1), Some(("", 2, 1)));
        assert_eq!(map.name_at(2, 5), Some("y"));
        assert_eq!(map.name_at(2, 6), None);
        assert_eq!(original(&map, 4, 1), None);
        assert_eq!(original(&map, 0, 0), None);
    }

    #[test]
    fn contents_are_looked_into() {
        let json = r#"{"version":3,"sources":["a.js","b.js","c.js"],"names":[],"mappings":"AAAA",
            "sourcesContent":["f()\n//# sourceMappingURL=a.js.map\n",null,"g()"]}"#;
        let map = SourceMap::parse(json.as_bytes()).unwrap();
        let urls: Vec<_> = map
            .sources()
            .iter()
            .map(|s| s.mapping_url.as_deref())
            .collect();
        assert_eq!(urls, [Some("a.js.map"), None, None]);
        let texts: Vec<_> = map.sources().iter().map(|s| s.has_text).collect();
        assert_eq!(texts, [true, false, true]);
    }

    #[test]
    fn what_is_no_map_is_an_error() {
        let parse = |json: &str| SourceMap::parse(json.as_bytes()).map(|map| map.len());
        assert!(matches!(parse("<html>"), Err(SourceMapError::Json(_))));
        assert!(matches!(parse("[]"), Err(SourceMapError::Json(_))));
        assert!(matches!(parse("{}"), Err(SourceMapError::Version)));
        let unsound = r#"{"version":3,"sources":[],"names":[],"mappings":"AAAA"}"#;
        assert!(matches!(parse(unsound), Err(SourceMapError::Mappings(_))));
        let url = r#"{"version":3,"sections":[{"offset":{"line":0,"column":0},"url":"x"}]}"#;
        assert!(matches!(parse(url), Err(SourceMapError::SectionUrl)));
        let guarded = ")]}'\n{\"version\":3,\"sources\":[\"a\"],\"mappings\":\"AAAA\"}";
        assert_eq!(parse(guarded).unwrap(), 1);
    }

    proptest::proptest! {
        #[test]
        fn no_mappings_panic(mappings in "[A-Za-z0-9+/;,!]{0,80}", line in 0u32..9, column in 0u32..99) {
            let json = format!(r#"{{"version":3,"sources":["a","b"],"names":["n"],"mappings":"{mappings}"}}"#);
            if let Ok(map) = SourceMap::parse(json.as_bytes()) {
                let _ = (map.original(line, column), map.name_at(line, column));
            }
        }
    }
}
