//! What is pushed is what a reader finds, whatever the rows: read with `parquet`'s own reader.

use std::fs::File;

use breadcrumb_event::function::{Backend, Function, FunctionEntry, FunctionKind};
use breadcrumb_event::row::{Arguments, CallResult, CallRow, CallStatus, ClockKind, ParentKind};
use breadcrumb_event::schema::CALLS;
use breadcrumb_store::{SegmentBuilder, Store};
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::file::statistics::Statistics;
use parquet::record::{Field, Row};
use proptest::prelude::*;

/// A row that owns its texts.
#[derive(Clone, Debug)]
struct Owned {
    row: CallRow<'static>,
    integers: Option<Vec<i64>>,
    arguments: Option<String>,
    result_integer: Option<i64>,
    result: Option<String>,
}

impl Owned {
    fn row(&self) -> CallRow<'_> {
        CallRow {
            arguments: match (&self.integers, &self.arguments) {
                (Some(v), _) => Arguments::Integers(v),
                (_, Some(v)) => Arguments::Json(v),
                _ => Arguments::None,
            },
            result: match (self.result_integer, &self.result) {
                (Some(v), _) => CallResult::Integer(v),
                (_, Some(v)) => CallResult::Json(v),
                _ => CallResult::None,
            },
            // Any text will do.
            lines: self.arguments.as_deref(),
            variables: self.result.as_deref(),
            ..self.row
        }
    }

    /// The row's fields as the schema orders them.
    fn fields(&self, functions: &[FunctionEntry]) -> Vec<Field> {
        let row = &self.row;
        let integer = |v: Option<i64>| v.map_or(Field::Null, Field::Long);
        let text = |v: Option<&str>| v.map_or(Field::Null, |v| Field::Str(v.to_owned()));
        let int = |v: u32| Field::Int(i32::try_from(v).unwrap());
        let unknown = || FunctionEntry {
            file: "".into(),
            function: Function {
                name: format!("<unknown function {}>", row.function),
                line: 0,
                column: 0,
                scopes: Vec::new(),
                catches: Vec::new(),
                blocks: Vec::new(),
                assignments: Vec::new(),
                parameters: vec![],
                ..function(0).function
            },
            generated: None,
        };
        let f = functions.get(row.function as usize).cloned();
        let f = f.unwrap_or_else(unknown);
        let quoted: Vec<String> = f
            .function
            .parameters
            .iter()
            .map(|p| format!("\"{p}\""))
            .collect();
        let at = |i: usize| self.integers.as_ref().and_then(|v| v.get(i).copied());
        let json = self
            .integers
            .is_none()
            .then_some(self.arguments.as_deref())
            .flatten();
        let result = self
            .result_integer
            .is_none()
            .then_some(self.result.as_deref())
            .flatten();
        let count = self.integers.as_ref().map(|v| v.len() as u32);
        vec![
            text(Some("run")),
            int(row.thread_id),
            Field::Long(row.root_id),
            Field::Long(row.call_id),
            integer(row.parent_id),
            text(Some(&f.function.name)),
            text(Some(&f.file)),
            int(f.function.line),
            int(f.function.column),
            text(Some(&format!("[{}]", quoted.join(",")))),
            Field::Long(row.started_at_ns),
            integer(row.duration_ns),
            Field::Long(row.self_ns),
            Field::Long(row.wait_ns),
            int(row.depth),
            text(Some(row.status.name())),
            count.map_or(Field::Null, int),
            integer(at(0)),
            integer(at(1)),
            text(json),
            integer(self.result_integer),
            text(result),
            integer(row.exception_id),
            text(Some(row.clock.name())),
            Field::Int(1),
            text(Some(f.function.backend.name())),
            text(Some(row.parent_kind.name())),
            Field::Int(0),
            text(self.arguments.as_deref()),
            text(self.result.as_deref()),
        ]
    }
}

fn function(id: u32) -> FunctionEntry {
    FunctionEntry {
        file: format!("src/file-{}.js", id % 7).into(),
        function: Function {
            name: format!("f{id}"),
            kind: FunctionKind::Arrow,
            is_async: false,
            is_generator: false,
            is_leaf: false,
            backend: [Backend::Probe, Backend::Inspector, Backend::Span][id as usize % 3],
            line: id + 1,
            column: id % 80,
            start: 0,
            end: 1,
            scopes: Vec::new(),
            catches: Vec::new(),
            blocks: Vec::new(),
            assignments: Vec::new(),
            parameters: (0..id % 3).map(|p| format!("p{p}")).collect(),
        },
        generated: None,
    }
}

fn rows() -> impl Strategy<Value = Owned> {
    let wide = prop_oneof![any::<i64>(), -3..3_i64, Just(i64::MIN), Just(i64::MAX)];
    let maybe = proptest::option::of(wide.clone());
    let text = proptest::option::of("[a-zé\"\\\\]{0,20}");
    let ids = (
        0..3_u32,
        wide.clone(),
        wide.clone(),
        maybe.clone(),
        0..310_u32,
    );
    let times = (
        wide.clone(),
        maybe.clone(),
        0..1_000_000_i64,
        0..9_i64,
        0..100_000_u32,
    );
    let how = (0..3_usize, any::<bool>(), maybe.clone(), 0..3_usize);
    let values = (
        proptest::option::of(proptest::collection::vec(wide, 0..=2)),
        text.clone(),
        maybe,
        text,
    );
    (ids, times, how, values).prop_map(|(ids, times, how, values)| Owned {
        row: CallRow {
            thread_id: ids.0,
            root_id: ids.1,
            call_id: ids.2,
            parent_id: ids.3,
            parent_kind: [ParentKind::None, ParentKind::Call, ParentKind::Root][how.3],
            function: ids.4,
            started_at_ns: times.0,
            duration_ns: times.1,
            self_ns: times.2,
            wait_ns: times.3,
            depth: times.4,
            status: [CallStatus::Returned, CallStatus::Threw, CallStatus::Open][how.0],
            arguments: Arguments::None,
            result: CallResult::None,
            exception_id: how.2,
            clock: [ClockKind::Coarse, ClockKind::Exact][usize::from(how.1)],
            lines: None,
            variables: None,
        },
        integers: values.0,
        arguments: values.1,
        result_integer: values.2,
        result: values.3,
    })
}

/// The rows of the one `calls` file of a store, and its reader.
fn read(store: &Store) -> (Vec<Row>, SerializedFileReader<File>) {
    let summary = &store.summaries("run").unwrap()[0];
    let file = &summary.tables.calls.as_ref().unwrap().file;
    let segments = store.folder().join("segments");
    let day = std::fs::read_dir(segments)
        .unwrap()
        .next()
        .unwrap()
        .unwrap();
    let reader = SerializedFileReader::new(File::open(day.path().join(file)).unwrap()).unwrap();
    let rows = reader.get_row_iter(None).unwrap().map(Result::unwrap);
    (rows.collect(), reader)
}

fn fields_of(row: &Row) -> Vec<Field> {
    let plain = |field: &Field| match field {
        // The record reader has no nanoseconds.
        Field::TimestampMillis(v) | Field::TimestampMicros(v) => Field::Long(*v),
        other => other.clone(),
    };
    row.get_column_iter()
        .map(|(_, field)| plain(field))
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn rows_come_back(rows in proptest::collection::vec(rows(), 1..300)) {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::create(folder.path()).unwrap();
        let functions: Vec<FunctionEntry> = (0..300).map(function).collect();
        let mut segment = SegmentBuilder::new("run", &store);
        rows.iter().for_each(|row| segment.push_call(&row.row()));
        segment.publish(&store, 0, &functions).unwrap();
        let (found, reader) = read(&store);
        prop_assert_eq!(found.len(), rows.len());
        for (row, found) in rows.iter().zip(&found) {
            prop_assert_eq!(row.fields(&functions), fields_of(found));
        }
        let group = reader.metadata().row_group(0);
        let names: Vec<&str> = CALLS.columns.iter().map(|c| c.name).collect();
        prop_assert_eq!(group.num_columns(), names.len());
        let Some(Statistics::Int64(root)) = group.column(2).statistics() else {
            panic!("root_id has statistics")
        };
        prop_assert_eq!(root.min_opt(), rows.iter().map(|r| &r.row.root_id).min());
        prop_assert_eq!(root.max_opt(), rows.iter().map(|r| &r.row.root_id).max());
        let parents = group.column(4).statistics().unwrap().null_count_opt();
        let without = rows.iter().filter(|r| r.row.parent_id.is_none()).count();
        prop_assert_eq!(parents, Some(without as u64));
    }
}

/// Many rows: several pages and row groups, spilled ones among them, with more functions than fit
/// a byte; and the same again after publication, for the builder is used anew.
#[test]
fn row_groups_come_back_from_memory_and_from_the_spill() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::create(folder.path()).unwrap();
    let functions: Vec<FunctionEntry> = (0..1000).map(function).collect();
    let mut segment = SegmentBuilder::new("run", &store);
    // Texts that do not compress fill the memory that row groups may take.
    let mut state = 1_u64;
    let mut random = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    };
    let rows: Vec<Owned> = (0..300_000_i64)
        .map(|i| Owned {
            row: CallRow {
                thread_id: u32::from(i > 200_000),
                root_id: i / 100,
                call_id: i,
                parent_id: (i % 100 > 0).then_some(i - 1),
                parent_kind: [ParentKind::None, ParentKind::Call][usize::from(i % 100 > 0)],
                function: (random() % 700) as u32,
                started_at_ns: 1_763_856_000_000_000_000 + i * 100,
                duration_ns: Some((random() % 5000) as i64),
                self_ns: 7,
                wait_ns: 0,
                depth: (i % 100) as u32,
                status: CallStatus::Returned,
                arguments: Arguments::None,
                result: CallResult::None,
                exception_id: None,
                clock: ClockKind::Coarse,
                lines: None,
                variables: None,
            },
            integers: None,
            arguments: Some(format!("[\"{:x}{:x}{:x}\"]", random(), random(), random())),
            result_integer: Some(i),
            result: None,
        })
        .collect();
    for _ in 0..2 {
        rows.iter().for_each(|row| segment.push_call(&row.row()));
        assert!(
            segment.memory_bytes() < 32 << 20,
            "{}",
            segment.memory_bytes()
        );
        segment.publish(&store, 0, &functions).unwrap();
        let (found, reader) = read(&store);
        assert_eq!(found.len(), rows.len());
        assert!(reader.metadata().num_row_groups() > 1);
        for (row, found) in rows.iter().zip(&found) {
            assert_eq!(row.fields(&functions), fields_of(found));
        }
    }
}
