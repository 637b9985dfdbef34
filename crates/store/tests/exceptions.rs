//! Exceptions come back as they were pushed, however many there are and whatever hangs on them.

use std::fs::File;

use breadcrumb_event::function::FunctionEntry;
use breadcrumb_event::row::{Crossed, CrossedCall, ExceptionRow, ThrownAt};
use breadcrumb_store::{SegmentBuilder, Store};
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::{Field, Row};

const EXCEPTIONS: i64 = 3000;

/// Bytes of text of one exception, about.
const BYTES: usize = 10_000;

fn exception(id: i64, texts: [&str; 2]) -> ExceptionRow<'_> {
    ExceptionRow {
        exception_id: id,
        thread_id: 0,
        call_id: (id % 2 == 0).then_some(id),
        root_id: Some(1),
        function: None,
        name: "Error",
        message: texts[0],
        stack: Some(texts[0]),
        thrown_at_ns: 1_763_856_000_000_000_000 + id,
        handled: ["caught", "uncaught", "unknown"][id as usize % 3],
        calls: 1,
        thrown_at: Some(ThrownAt {
            file: "a.js",
            line: 7,
            column: 9,
        }),
        caught: None,
        cause_id: Some(id + 1),
        causes: Some(texts[1]),
        errors: Some(texts[1]),
        crossed: Crossed::Json(Some(texts[1])),
    }
}

fn read(store: &Store) -> (Vec<Row>, usize) {
    let summary = &store.summaries("run").unwrap()[0];
    let file = &summary.tables.exceptions.as_ref().unwrap().file;
    let day = std::fs::read_dir(store.folder().join("segments")).unwrap();
    let path = day.map(|day| day.unwrap().path().join(file)).next();
    let reader = SerializedFileReader::new(File::open(path.unwrap()).unwrap()).unwrap();
    let rows = reader.get_row_iter(None).unwrap().map(Result::unwrap);
    (rows.collect(), reader.num_row_groups())
}

fn column<'a>(row: &'a Row, name: &str) -> &'a Field {
    let mut columns = row.get_column_iter();
    columns.find(|(found, _)| *found == name).unwrap().1
}

#[test]
fn memory_stays_small_and_every_row_comes_back() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::create(folder.path()).unwrap();
    let functions: Vec<FunctionEntry> = Vec::new();
    let mut segment = SegmentBuilder::new("run", &store);
    let words = |id: i64| format!("{id} {}", "é".repeat(BYTES / 10));
    let json = |id: i64| format!("[{id},\"{}\"]", "x".repeat(BYTES / 5));
    // The builder is used anew after a publication.
    for _ in 0..2 {
        for id in 0..EXCEPTIONS {
            segment.push_exception(&exception(id, [&words(id), &json(id)]));
        }
        assert!(
            segment.memory_bytes() < 8 << 20,
            "{}",
            segment.memory_bytes()
        );
        assert_eq!(segment.rows(), EXCEPTIONS as u64);
        segment.publish(&store, 0, &functions).unwrap();
        let (rows, groups) = read(&store);
        assert!(groups > 1);
        assert_eq!(rows.len(), EXCEPTIONS as usize);
        for (id, row) in (0..EXCEPTIONS).zip(&rows) {
            let text = |name: &str, text: &str| {
                assert_eq!(*column(row, name), Field::Str(text.into()), "{name}");
            };
            assert_eq!(*column(row, "exception_id"), Field::Long(id));
            assert_eq!(*column(row, "thrown_line"), Field::Int(7));
            assert_eq!(*column(row, "caught_id"), Field::Null);
            text("handled", exception(id, [""; 2]).handled);
            text("thrown_file", "a.js");
            for name in ["message", "stack"] {
                text(name, &words(id));
            }
            for name in ["causes", "errors", "crossed"] {
                text(name, &json(id));
            }
        }
    }
}

#[test]
fn all_that_an_exception_has_is_counted_as_memory() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::create(folder.path()).unwrap();
    let long = "x".repeat(BYTES);
    let calls = [CrossedCall {
        call_id: 1,
        function: 0,
        locals: Some(long.clone()),
    }];
    let bare = ExceptionRow {
        name: "",
        thrown_at: None,
        ..exception(1, ["", ""])
    };
    let in_memory = |row: &ExceptionRow<'_>| {
        let mut segment = SegmentBuilder::new("run", &store);
        segment.push_exception(row);
        segment.memory_bytes()
    };
    let least = in_memory(&bare);
    let thrown_at = Some(ThrownAt {
        file: &long,
        line: 1,
        column: 1,
    });
    for row in [
        ExceptionRow {
            name: &long,
            ..bare.clone()
        },
        ExceptionRow {
            message: &long,
            ..bare.clone()
        },
        ExceptionRow {
            stack: Some(&long),
            ..bare.clone()
        },
        ExceptionRow {
            causes: Some(&long),
            ..bare.clone()
        },
        ExceptionRow {
            errors: Some(&long),
            ..bare.clone()
        },
        ExceptionRow {
            crossed: Crossed::Json(Some(&long)),
            ..bare.clone()
        },
        ExceptionRow {
            crossed: Crossed::Calls(&calls),
            ..bare.clone()
        },
        ExceptionRow {
            thrown_at,
            ..bare.clone()
        },
    ] {
        assert!(in_memory(&row) >= least + BYTES);
    }
}
