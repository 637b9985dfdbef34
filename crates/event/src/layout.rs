//! The ring's memory, byte for byte, and the records in it. This is seam one of two: the
//! JavaScript writer (`ts/runtime`) and the Rust reader (`crates/ring`, `crates/recorder`) both
//! follow it, TypeScript through constants generated from this file.
//!
//! # Memory of one ring
//! ```text
//! 0                 header: magic, version, sizes, thread index (words of 4 bytes)
//! STATES_OFFSET     one i32 a chunk: its state, CHUNK_ABSENT … CHUNK_CLOSED
//! COUNTED_OFFSET    one u32 a function: calls counted only   (written by the JS thread alone)
//! DROPPED_OFFSET    one u32 a function: calls dropped        (written by the JS thread alone)
//! BLOCKS_OFFSET     one u32 a block: how often it ran, in no recorded call (likewise)
//! STRETCH_OFFSET    what ran of calls and is in no record yet (likewise)
//! CHUNKS_OFFSET     MAX_CHUNKS chunks of CHUNK_BYTES
//! ```
//! The mapping is as long as the largest ring; only what has been reserved may be touched: the
//! chunks whose state is not CHUNK_ABSENT, and the counters of registered functions and their blocks.
//!
//! # A chunk
//! CHUNK_HEADER_WORDS words of 8 bytes (order, first token, clock), then records, each aligned
//! to 8 bytes, never crossing the chunk's end. The reader zeroes a chunk before it frees it, so
//! a header word of zero is the end of what was written. A writer stores a record's first four
//! bytes last: a record whose first word is not zero is whole.
//!
//! # A record
//! ```text
//! i32 lo   kind (bits 0–4) | flags (5–7) | words, with this one (8–23) | values (24–30)
//! i32 hi   ENTER: function id; THROW, CATCH: see there; the others: token
//! …        values, each a word of 8 bytes and what follows it
//! ```
//! A *token* names a recorded call in its thread: 1, 2, 3, … in the order of their ENTER records
//! (an ENTER does not store it), wrapping from TOKEN_MASK to 1. 0 is "not recorded".
//!
//! # A value
//! A number is its IEEE 754 double. Everything else is a quiet NaN whose high 32 bits are
//! `BOX | tag | stored << STORED_SHIFT` and whose low 32 bits are the payload; a JavaScript NaN
//! is stored as `TAG_NAN`. What each tag's payload and following words are stands at the tag.

/// Defines each constant once, for Rust, and lists it for the TypeScript generator.
macro_rules! constants {
    ($($(#[doc = $doc:literal])+ $name:ident = $value:expr;)+) => {
        $($(#[doc = $doc])+ pub const $name: u32 = $value;)+
        /// Every constant of the layout with its documentation, for the generator.
        pub const CONSTANTS: &[(&str, u32, &[&str])] = &[$((stringify!($name), $name, &[$($doc),+]),)+];
    };
}

constants! {
    /// First word of a ring file: "BCRB", little endian.
    MAGIC = 0x4252_4342;
    /// Version of this layout; a reader refuses another.
    LAYOUT_VERSION = 10;

    /// Header word (i32 index): MAGIC.
    HEADER_MAGIC = 0;
    /// Header word: LAYOUT_VERSION.
    HEADER_VERSION = 1;
    /// Header word: the ring's thread index in its run, 0 for the main thread.
    HEADER_THREAD = 2;
    /// Header word: number of chunks reserved so far.
    HEADER_CHUNKS = 3;

    /// Byte offset of the chunk states.
    STATES_OFFSET = 4096;
    /// Functions that a process can have; those beyond are left alone and listed.
    MAX_FUNCTIONS = 1 << 20;
    /// Byte offset of the counted calls, u32 a function id.
    COUNTED_OFFSET = 8192;
    /// Byte offset of the dropped calls, u32 a function id.
    DROPPED_OFFSET = 8192 + 4 * (1 << 20);
    /// Blocks of functions that a process can have; functions with those beyond tell no lines.
    MAX_BLOCKS = 1 << 22;
    /// Blocks of one function, likewise.
    MAX_FUNCTION_BLOCKS = 1 << 16;
    /// Byte offset of the counts of blocks, u32 a block.
    BLOCKS_OFFSET = 8192 + 8 * (1 << 20);
    /// Byte offset of what ran of calls and is in no record yet: words of 4 bytes by STRETCH_*, then times. A stretch each: the
    /// newest call's on top, where it grows, those that began before it below.
    STRETCH_OFFSET = 8192 + 8 * (1 << 20) + 4 * (1 << 22);
    /// Word: token of the topmost stretch's call, as its function has it, 0 if there is none.
    STRETCH_TOKEN = 0;
    /// Word: where the topmost stretch begins.
    STRETCH_TOP = 1;
    /// Word: behind its last block.
    STRETCH_END = 2;
    /// Word: where its times begin.
    STRETCH_TIMES = 3;
    /// Where the lowest stretch begins.
    STRETCH_FIRST = 4;
    /// Word of a stretch: where the one below begins, 0 if there is none.
    STRETCH_BELOW = 0;
    /// Word of a stretch: token of its call.
    STRETCH_CALL = 1;
    /// Word of a stretch: id of its function.
    STRETCH_FUNCTION = 2;
    /// Word of a stretch: where its times begin.
    STRETCH_OWN_TIMES = 3;
    /// Word of a stretch: the highest number of a block that ran.
    STRETCH_HIGHEST = 4;
    /// Words of a stretch from here on: the numbers of the blocks that ran, in the order in which they first did.
    STRETCH_TOUCHED = 5;
    /// Words of all of them.
    STRETCH_WORDS = 4096;
    /// Byte offset of the times behind: how often each block ran, an f64 by its number.
    STRETCH_TIMES_OFFSET = 4 * 4096;
    /// Times of all stretches.
    STRETCH_MAX_TIMES = 2 << 16;
    /// Bytes of the words and the times.
    STRETCH_BYTES = 4 * 4096 + 8 * (2 << 16);
    /// Byte offset of the first chunk.
    CHUNKS_OFFSET = 8192 + 8 * (1 << 20) + 4 * (1 << 22) + 4 * 4096 + 8 * (2 << 16);
    /// Bytes of a chunk.
    CHUNK_BYTES = 1 << 18;
    /// Words of 8 bytes of a chunk.
    CHUNK_WORDS = 1 << 15;
    /// Chunks of the largest ring (32 MiB).
    MAX_CHUNKS = 128;
    /// Bytes of the whole mapping of a ring.
    RING_BYTES = 8192 + 8 * (1 << 20) + 4 * (1 << 22) + 4 * 4096 + 8 * (2 << 16) + 128 * (1 << 18);

    /// Words at the head of a chunk: i32 order and i32 first token; i64 clock, ns.
    CHUNK_HEADER_WORDS = 2;
    /// The longest record, in words. A writer needs as much room before it begins one.
    MAX_RECORD_WORDS = 1024;

    /// Chunk state: not reserved, must not be touched.
    CHUNK_ABSENT = 0;
    /// Chunk state: free, zeroed.
    CHUNK_FREE = 1;
    /// Chunk state: the writer writes it.
    CHUNK_OPEN = 2;
    /// Chunk state: full; the reader owns it.
    CHUNK_CLOSED = 3;

    /// Arguments of a call that are captured at most.
    MAX_ARGUMENTS = 8;

    /// Bits of the kind in a record's first word.
    KIND_MASK = 31;
    /// Shift of the flags, of three bits.
    FLAGS_SHIFT = 5;
    /// Shift of the number of words.
    WORDS_SHIFT = 8;
    /// Mask of the number of words, after the shift.
    WORDS_MASK = 0xffff;
    /// Shift of the number of values.
    VALUES_SHIFT = 24;

    /// A call began. hi: function id. Values: its arguments. Takes the next token.
    ENTER = 1;
    /// A call ended by return. hi: token. Value, if any: the result.
    RETURN = 2;
    /// A call ended by an exception passing through it. hi: token. Value, if any: what was
    /// thrown (asynchronous functions know it).
    UNWIND = 3;
    /// An `await` or `yield` suspended the call. hi: token.
    SUSPEND = 4;
    /// The call runs again. hi: token. A RESUME of a running call says nothing.
    RESUME = 5;
    /// A `throw` statement. hi: token of the function it stands in, or 0. Value: what is thrown. Of an
    /// object there follows its number, in THROW, CATCH, UNWIND, UNCAUGHT and STACK alike: the same for the
    /// same object in a thread. Of an error with a `cause` or `errors` there follow then the number of
    /// causes and so many of them, each the `cause` of the one before, and its `errors`: each a value
    /// and its number, 0 where it is no object.
    THROW = 6;
    /// The head of a `catch` clause. hi: token of the function it stands in, or 0. Value: what
    /// was caught, if the clause names it. The last word is a number: which clause of its function it is,
    /// in the order of the function table. Also: that call runs again, if it was suspended.
    CATCH = 7;
    /// The process is about to die of an exception. hi: 0. Value: the exception.
    UNCAUGHT = 8;
    /// The exact time. hi: 0. One word follows: i64, ns of the monotonic clock.
    CLOCK = 9;

    /// Records were lost here, because the ring was full: calls that seem to be running may have
    /// ended, when and how is not known (they become `open`). hi: 0.
    LOST = 10;
    /// The last ENTER was of a callback: no recorded call ran, but the trace that caused it is known.
    /// hi: 0. Value: a number, how many ENTERs earlier the trace's root began.
    CONTEXT = 11;
    /// Variables that an exception leaves behind, before the UNWIND of their call: those of one scope,
    /// the innermost first. hi: token. Values: the function's id, the number of the scope in it, and
    /// the variables' in the order of the function table; TAG_HOLE where one has no value yet.
    LOCALS = 12;
    /// The program has had the stack of an error formatted, which may be what left a call unseen. hi: 1
    /// and the id of the innermost function in it whose calls are recorded, or 0. Value: the error, with
    /// its stack.
    STACK = 13;
    /// Which blocks of a call have run since the last of these, in the order in which they first did. hi: token. Words of 4
    /// bytes follow: the function's id, and for each block its number in the function and, from BLOCK_BITS on, how often it
    /// ran; 0 where none is left. With FLAG_LINES_WIDE how often is a word of its own, behind a 0 at the function's id.
    LINES = 14;
    /// An assignment gave something a value. hi: token. A word follows: the number of the assignment in its function, and
    /// above it how many values of it came before, since the last of these, that are in no record. Value: the value.
    ASSIGNED = 15;
    /// A call is joined to a span of another process or tracer, by ids of W3C Trace Context. hi: its token, if it is suspended; else 0. A word
    /// follows, a number: 0 for the innermost call that runs; of a trace's root how many ENTERs before the next one it began.
    /// Then words of 4 bytes: four of the trace's id and two of the span's, the highest bits first. Without FLAG_LINK_* it
    /// is the span that made the request which the call serves.
    LINK = 16;
    /// Assignments of a function that has probes at them.
    MAX_FUNCTION_ASSIGNMENTS = 1 << 14;
    /// Bits of a block's number in LINES.
    BLOCK_BITS = 16;
    /// Blocks of one LINES.
    MAX_TOLD_BLOCKS = 1000;

    /// Flag of THROW, CATCH, UNWIND, UNCAUGHT: the same value as in the last of these, so none
    /// is stored.
    FLAG_SAME = 1;
    /// Flag of UNCAUGHT: the program has a `process.emit` of its own, which is called with it: of an
    /// exception that nothing was known of, no call that runs is known to have been left by it.
    FLAG_EMITTED = 2;
    /// Flag of RESUME: at the head of a `finally`. A generator that was suspended is being closed,
    /// by `return()` or, rarely, `throw()`.
    FLAG_CLOSING = 1;
    /// Flag of ENTER: a generator's, created and not yet running (a SUSPEND is implied), or that of a span that callbacks end: its RETURN or
    /// UNWIND follows without a RESUME.
    FLAG_GENERATOR = 2;
    /// Flag of LINES: numbers and times stand apart.
    FLAG_LINES_WIDE = 1;
    /// Flag of LINK: a request that the call made.
    FLAG_LINK_OUT = 1;
    /// Flag of LINK: a span of OpenTelemetry that was active.
    FLAG_LINK_OTEL = 2;
    /// Flag of LOCALS: the variables behind those that are stored have no value yet.
    FLAG_LOCALS_UNINITIALIZED = 1;
    /// Flag of LOCALS: there was no room for those behind.
    FLAG_LOCALS_CUT = 2;
    /// Flag of LOCALS: none is stored, because the function had so many calls in that second.
    FLAG_LOCALS_SKIPPED = 4;
    /// Flag of CLOCK: read for the next record alone (that function's clock is exact).
    FLAG_EXACT = 4;
    /// Bit of the token that an ENTER of a function with MODE_LINES returns to it, so that its blocks are told of. It
    /// never reaches the ring.
    TOKEN_LINES = 1 << 27;
    /// Bit of the token that an ENTER of a function with MODE_FRESH returns to it, so that its result
    /// is looked into as well. It never reaches the ring.
    TOKEN_FRESH = 1 << 28;
    /// Bit of the token that an ENTER of a function with MODE_EXACT returns to it, so that its exit
    /// reads the clock too. It never reaches the ring.
    TOKEN_EXACT = 1 << 29;
    /// Bit of the token that an ENTER of MODE_TIME returns to its function, so that the exit
    /// stores no value. It never reaches the ring.
    TOKEN_NO_VALUES = 1 << 30;
    /// The bits of a token itself.
    TOKEN_MASK = (1 << 27) - 1;

    /// Mode byte of a function: off.
    MODE_OFF = 0;
    /// Mode byte: count calls, record nothing.
    MODE_COUNT = 1;
    /// Mode byte: record calls and times, no values.
    MODE_TIME = 2;
    /// Mode byte: record calls, times and values.
    MODE_VALUES = 3;
    /// Bits of the mode proper.
    MODE_MASK = 3;
    /// Mode bit: an exact clock for each event.
    MODE_EXACT = 4;
    /// Mode bit: the function's next calls have their objects looked into, whatever the budget. The
    /// writer takes it away after FRESH_CALLS of them.
    MODE_FRESH = 8;
    /// Mode bit: which of its blocks a call runs is recorded.
    MODE_LINES = 16;
    /// Mode bit, beside MODE_LINES: the values of its assignments are recorded.
    MODE_VARIABLES = 32;
    /// Calls of a function that MODE_FRESH lasts for.
    FRESH_CALLS = 8;

    /// Control memory (process-wide): byte offset of the tick, an i32 that the recorder changes
    /// every millisecond; TICK_ASLEEP while it sleeps.
    TICK_OFFSET = 0;
    /// Control memory: byte offset of the epoch, an i32: number of the session that records, 0 for
    /// none. A writer that was attached in another epoch attaches again before it writes.
    EPOCH_OFFSET = 4;
    /// Control memory: byte offset of what writers must know of the session, mostly limits of values, an i32 each, by LIMIT_*.
    LIMITS_OFFSET = 8;
    /// Limit: levels of objects in objects.
    LIMIT_DEPTH = 0;
    /// Limit: keys of an object, entries of a map.
    LIMIT_KEYS = 1;
    /// Limit: items of an array, a set, a typed array.
    LIMIT_ITEMS = 2;
    /// Limit: UTF-16 units of a string.
    LIMIT_STRING = 3;
    /// Limit: words of a record.
    LIMIT_WORDS = 4;
    /// Limit: properties looked into in a millisecond, 0 for any number.
    LIMIT_BUDGET = 5;
    /// 1 if objects are told apart by numbers.
    LIMIT_IDENTITY = 6;
    /// 1 if requests go out with the ids of their trace.
    LIMIT_PROPAGATE = 7;
    /// Edges of the program that are recorded: EDGE_*.
    LIMIT_EDGES = 8;
    /// Number of LIMIT_*.
    LIMITS = 9;
    /// LIMIT_EDGES: requests that come and go.
    EDGE_HTTP = 1;
    /// LIMIT_EDGES: queries of databases.
    EDGE_SQL = 2;
    /// Control memory: byte offset of the mode bytes, one a function id.
    MODES_OFFSET = 64;
    /// Control memory: byte offset of where each function's blocks begin among all, an u32 a function id.
    FIRST_BLOCKS_OFFSET = 64 + (1 << 20);
    /// Bytes of the control memory.
    CONTROL_BYTES = 64 + (1 << 20) + 4 * (1 << 20);
    /// The tick of a sleeping recorder: read the exact clock and wake it.
    TICK_ASLEEP = 0;

    /// High 32 bits of every value that is not a number, below the tag.
    BOX = 0xfff8_0000;
    /// Bits of the tag.
    TAG_MASK = 31;
    /// Shift of the number of stored units, 14 bits, in the high word.
    STORED_SHIFT = 5;
    /// Mask of the stored units, after the shift.
    STORED_MASK = 0x3fff;

    /// `undefined`.
    TAG_UNDEFINED = 1;
    /// `null`.
    TAG_NULL = 2;
    /// `false`.
    TAG_FALSE = 3;
    /// `true`.
    TAG_TRUE = 4;
    /// `NaN`.
    TAG_NAN = 5;
    /// String of one-byte units (Latin-1). Payload: true length in UTF-16 units. Stored: units
    /// that follow, packed into words.
    TAG_STRING8 = 6;
    /// String of two-byte units. Payload and stored as TAG_STRING8.
    TAG_STRING16 = 7;
    /// BigInt of at most 64 bits. One word follows: i64.
    TAG_BIGINT64 = 8;
    /// A larger BigInt. Payload: 1 if negative. A string value follows: hexadecimal digits, cut.
    TAG_BIGINT = 9;
    /// Symbol. A string value follows: its description.
    TAG_SYMBOL = 10;
    /// Function. A string value follows: its name.
    TAG_FUNCTION = 11;
    /// Array. Payload: true length. Stored: items that follow as values.
    TAG_ARRAY = 12;
    /// Object. Payload: true number of own enumerable keys. A value follows: its class's name, or
    /// undefined for a plain object, null for one without prototype. Stored: entries that follow, key
    /// (a string value or a symbol) and value.
    TAG_OBJECT = 13;
    /// Map. Payload: true size. Stored: entries that follow, two values each.
    TAG_MAP = 14;
    /// Set. Payload: true size. Stored: values that follow.
    TAG_SET = 15;
    /// Date. One word follows: f64, ms since 1970, NaN if invalid.
    TAG_DATE = 16;
    /// Regular expression. A string value follows: its source between slashes, with flags.
    TAG_REGEXP = 17;
    /// Error. Three string values follow: name, message, stack (undefined where not read). Payload:
    /// true number of further properties: `cause`, `errors`, enumerable ones. Stored: entries that
    /// follow, key and value.
    TAG_ERROR = 18;
    /// Bytes: a buffer, a view of single bytes, a DataView. Payload: length in bytes. Stored: bytes
    /// that follow, packed into words, behind a string value: the class's name.
    TAG_BYTES = 19;
    /// Promise. Payload: PROMISE_*. Stored: 1 if a value follows, what it was settled with.
    TAG_PROMISE = 20;
    /// Proxy, not looked into.
    TAG_PROXY = 21;
    /// A getter, not called.
    TAG_ACCESSOR = 22;
    /// An object that this value holds already, further up or beside. Payload: the word where it
    /// stands, counted from the record's header.
    TAG_CIRCULAR = 23;
    /// An object, array or function that was not looked into. Payload: why, CUT_*. Stored: the
    /// tag that it would have had.
    TAG_CUT = 24;
    /// An absent item of a sparse array.
    TAG_HOLE = 25;
    /// A string that stands in this chunk already. Payload: the word of the chunk, counted from its
    /// header, where that TAG_STRING8 or TAG_STRING16 stands.
    TAG_STRING_AT = 26;
    /// What has an identity. Payload: its number, from 1. The value follows.
    TAG_IDENTIFIED = 27;
    /// A built-in object with more than its kind: two values follow, the name of its class (undefined
    /// where it is the kind's own) and the object as its kind. Payload: true number of own enumerable
    /// properties. Stored: entries that follow, key and value.
    TAG_EXTENDED = 28;
    /// Typed array. Payload: length in elements. Stored: elements that follow as values, behind a
    /// string value: the name of the built-in class.
    TAG_TYPED = 29;
    /// Boxed primitive. The primitive follows.
    TAG_BOXED = 30;
    /// An object that cannot be looked into. A string value follows: its class's name.
    TAG_OPAQUE = 31;

    /// TAG_CUT: deeper than the limit.
    CUT_DEPTH = 1;
    /// TAG_CUT: the record was full.
    CUT_BYTES = 2;
    /// TAG_CUT: the thread's budget for looking into objects was used up.
    CUT_BUDGET = 3;
    /// TAG_CUT of a result, stored TAG_CUT, here and below: the time that breakpoints may pause for was used up.
    CUT_PAUSES = 4;
    /// So many frames were on the stack that a pause takes too long.
    CUT_STACK = 5;
    /// A pause would have been that of a debugger.
    CUT_DEBUGGER = 6;
    /// V8 does not show how the call returned.
    CUT_HIDDEN = 7;
    /// A pause for a result of this function has taken too long before.
    CUT_DEADLINE = 8;

    /// TAG_PROMISE: its state is not known.
    PROMISE_UNKNOWN = 0;
    /// TAG_PROMISE: not settled.
    PROMISE_PENDING = 1;
    /// TAG_PROMISE: settled with a value.
    PROMISE_FULFILLED = 2;
    /// TAG_PROMISE: settled with a reason.
    PROMISE_REJECTED = 3;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn regions_do_not_overlap() {
        const { assert!(STATES_OFFSET + 4 * MAX_CHUNKS <= COUNTED_OFFSET) };
        const { assert!(COUNTED_OFFSET + 4 * MAX_FUNCTIONS == DROPPED_OFFSET) };
        const { assert!(DROPPED_OFFSET + 4 * MAX_FUNCTIONS == BLOCKS_OFFSET) };
        const { assert!(BLOCKS_OFFSET + 4 * MAX_BLOCKS == STRETCH_OFFSET) };
        const { assert!(4 * STRETCH_WORDS == STRETCH_TIMES_OFFSET) };
        const { assert!(STRETCH_TIMES_OFFSET + 8 * STRETCH_MAX_TIMES == STRETCH_BYTES) };
        const { assert!(MAX_FUNCTION_BLOCKS == 1 << BLOCK_BITS) };
        const { assert!(STRETCH_OFFSET + STRETCH_BYTES == CHUNKS_OFFSET) };
        const { assert!(MAX_TOLD_BLOCKS + 2 <= MAX_RECORD_WORDS) };
        const { assert!(CHUNKS_OFFSET + MAX_CHUNKS * CHUNK_BYTES == RING_BYTES) };
        const { assert!(CHUNK_WORDS * 8 == CHUNK_BYTES) };
        const { assert!(LIMITS_OFFSET + 4 * LIMITS <= MODES_OFFSET) };
        const { assert!(MODES_OFFSET + MAX_FUNCTIONS == FIRST_BLOCKS_OFFSET) };
        const { assert!(FIRST_BLOCKS_OFFSET + 4 * MAX_FUNCTIONS == CONTROL_BYTES) };
        const { assert!(CHUNKS_OFFSET.is_multiple_of(4096)) };
    }
}
