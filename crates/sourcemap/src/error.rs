//! What can be wrong with a source map.

/// Why a source map cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SourceMapError {
    /// It is no JSON, or not that of a source map.
    #[error("it is not a source map: {0}")]
    Json(#[from] serde_json::Error),
    /// Its `mappings` are damaged.
    #[error("its mappings are damaged: {0}")]
    Mappings(String),
    /// Another version than 3.
    #[error("its version is not 3")]
    Version,
    /// A section that names another map.
    #[error("it has a section that stands elsewhere")]
    SectionUrl,
    /// A `data:` URL that does not decode.
    #[error("the data: URL does not decode")]
    DataUrl,
}
