// Generated from crates/event by `npm run gen`. Do not edit.
/** Layout of the ring's memory and records: see crates/event/src/layout.rs. */
/** First word of a ring file: "BCRB", little endian. */
export const MAGIC = 1112687426;
/** Version of this layout; a reader refuses another. */
export const LAYOUT_VERSION = 10;
/** Header word (i32 index): MAGIC. */
export const HEADER_MAGIC = 0;
/** Header word: LAYOUT_VERSION. */
export const HEADER_VERSION = 1;
/** Header word: the ring's thread index in its run, 0 for the main thread. */
export const HEADER_THREAD = 2;
/** Header word: number of chunks reserved so far. */
export const HEADER_CHUNKS = 3;
/** Byte offset of the chunk states. */
export const STATES_OFFSET = 4096;
/** Functions that a process can have; those beyond are left alone and listed. */
export const MAX_FUNCTIONS = 1048576;
/** Byte offset of the counted calls, u32 a function id. */
export const COUNTED_OFFSET = 8192;
/** Byte offset of the dropped calls, u32 a function id. */
export const DROPPED_OFFSET = 4202496;
/** Blocks of functions that a process can have; functions with those beyond tell no lines. */
export const MAX_BLOCKS = 4194304;
/** Blocks of one function, likewise. */
export const MAX_FUNCTION_BLOCKS = 65536;
/** Byte offset of the counts of blocks, u32 a block. */
export const BLOCKS_OFFSET = 8396800;
/** Byte offset of what ran of calls and is in no record yet: words of 4 bytes by STRETCH_*, then times. A stretch each: the newest call's on top, where it grows, those that began before it below. */
export const STRETCH_OFFSET = 25174016;
/** Word: token of the topmost stretch's call, as its function has it, 0 if there is none. */
export const STRETCH_TOKEN = 0;
/** Word: where the topmost stretch begins. */
export const STRETCH_TOP = 1;
/** Word: behind its last block. */
export const STRETCH_END = 2;
/** Word: where its times begin. */
export const STRETCH_TIMES = 3;
/** Where the lowest stretch begins. */
export const STRETCH_FIRST = 4;
/** Word of a stretch: where the one below begins, 0 if there is none. */
export const STRETCH_BELOW = 0;
/** Word of a stretch: token of its call. */
export const STRETCH_CALL = 1;
/** Word of a stretch: id of its function. */
export const STRETCH_FUNCTION = 2;
/** Word of a stretch: where its times begin. */
export const STRETCH_OWN_TIMES = 3;
/** Word of a stretch: the highest number of a block that ran. */
export const STRETCH_HIGHEST = 4;
/** Words of a stretch from here on: the numbers of the blocks that ran, in the order in which they first did. */
export const STRETCH_TOUCHED = 5;
/** Words of all of them. */
export const STRETCH_WORDS = 4096;
/** Byte offset of the times behind: how often each block ran, an f64 by its number. */
export const STRETCH_TIMES_OFFSET = 16384;
/** Times of all stretches. */
export const STRETCH_MAX_TIMES = 131072;
/** Bytes of the words and the times. */
export const STRETCH_BYTES = 1064960;
/** Byte offset of the first chunk. */
export const CHUNKS_OFFSET = 26238976;
/** Bytes of a chunk. */
export const CHUNK_BYTES = 262144;
/** Words of 8 bytes of a chunk. */
export const CHUNK_WORDS = 32768;
/** Chunks of the largest ring (32 MiB). */
export const MAX_CHUNKS = 128;
/** Bytes of the whole mapping of a ring. */
export const RING_BYTES = 59793408;
/** Words at the head of a chunk: i32 order and i32 first token; i64 clock, ns. */
export const CHUNK_HEADER_WORDS = 2;
/** The longest record, in words. A writer needs as much room before it begins one. */
export const MAX_RECORD_WORDS = 1024;
/** Chunk state: not reserved, must not be touched. */
export const CHUNK_ABSENT = 0;
/** Chunk state: free, zeroed. */
export const CHUNK_FREE = 1;
/** Chunk state: the writer writes it. */
export const CHUNK_OPEN = 2;
/** Chunk state: full; the reader owns it. */
export const CHUNK_CLOSED = 3;
/** Arguments of a call that are captured at most. */
export const MAX_ARGUMENTS = 8;
/** Bits of the kind in a record's first word. */
export const KIND_MASK = 31;
/** Shift of the flags, of three bits. */
export const FLAGS_SHIFT = 5;
/** Shift of the number of words. */
export const WORDS_SHIFT = 8;
/** Mask of the number of words, after the shift. */
export const WORDS_MASK = 65535;
/** Shift of the number of values. */
export const VALUES_SHIFT = 24;
/** A call began. hi: function id. Values: its arguments. Takes the next token. */
export const ENTER = 1;
/** A call ended by return. hi: token. Value, if any: the result. */
export const RETURN = 2;
/** A call ended by an exception passing through it. hi: token. Value, if any: what was thrown (asynchronous functions know it). */
export const UNWIND = 3;
/** An `await` or `yield` suspended the call. hi: token. */
export const SUSPEND = 4;
/** The call runs again. hi: token. A RESUME of a running call says nothing. */
export const RESUME = 5;
/** A `throw` statement. hi: token of the function it stands in, or 0. Value: what is thrown. Of an object there follows its number, in THROW, CATCH, UNWIND, UNCAUGHT and STACK alike: the same for the same object in a thread. Of an error with a `cause` or `errors` there follow then the number of causes and so many of them, each the `cause` of the one before, and its `errors`: each a value and its number, 0 where it is no object. */
export const THROW = 6;
/** The head of a `catch` clause. hi: token of the function it stands in, or 0. Value: what was caught, if the clause names it. The last word is a number: which clause of its function it is, in the order of the function table. Also: that call runs again, if it was suspended. */
export const CATCH = 7;
/** The process is about to die of an exception. hi: 0. Value: the exception. */
export const UNCAUGHT = 8;
/** The exact time. hi: 0. One word follows: i64, ns of the monotonic clock. */
export const CLOCK = 9;
/** Records were lost here, because the ring was full: calls that seem to be running may have ended, when and how is not known (they become `open`). hi: 0. */
export const LOST = 10;
/** The last ENTER was of a callback: no recorded call ran, but the trace that caused it is known. hi: 0. Value: a number, how many ENTERs earlier the trace's root began. */
export const CONTEXT = 11;
/** Variables that an exception leaves behind, before the UNWIND of their call: those of one scope, the innermost first. hi: token. Values: the function's id, the number of the scope in it, and the variables' in the order of the function table; TAG_HOLE where one has no value yet. */
export const LOCALS = 12;
/** The program has had the stack of an error formatted, which may be what left a call unseen. hi: 1 and the id of the innermost function in it whose calls are recorded, or 0. Value: the error, with its stack. */
export const STACK = 13;
/** Which blocks of a call have run since the last of these, in the order in which they first did. hi: token. Words of 4 bytes follow: the function's id, and for each block its number in the function and, from BLOCK_BITS on, how often it ran; 0 where none is left. With FLAG_LINES_WIDE how often is a word of its own, behind a 0 at the function's id. */
export const LINES = 14;
/** An assignment gave something a value. hi: token. A word follows: the number of the assignment in its function, and above it how many values of it came before, since the last of these, that are in no record. Value: the value. */
export const ASSIGNED = 15;
/** A call is joined to a span of another process or tracer, by ids of W3C Trace Context. hi: its token, if it is suspended; else 0. A word follows, a number: 0 for the innermost call that runs; of a trace's root how many ENTERs before the next one it began. Then words of 4 bytes: four of the trace's id and two of the span's, the highest bits first. Without FLAG_LINK_* it is the span that made the request which the call serves. */
export const LINK = 16;
/** Assignments of a function that has probes at them. */
export const MAX_FUNCTION_ASSIGNMENTS = 16384;
/** Bits of a block's number in LINES. */
export const BLOCK_BITS = 16;
/** Blocks of one LINES. */
export const MAX_TOLD_BLOCKS = 1000;
/** Flag of THROW, CATCH, UNWIND, UNCAUGHT: the same value as in the last of these, so none is stored. */
export const FLAG_SAME = 1;
/** Flag of UNCAUGHT: the program has a `process.emit` of its own, which is called with it: of an exception that nothing was known of, no call that runs is known to have been left by it. */
export const FLAG_EMITTED = 2;
/** Flag of RESUME: at the head of a `finally`. A generator that was suspended is being closed, by `return()` or, rarely, `throw()`. */
export const FLAG_CLOSING = 1;
/** Flag of ENTER: a generator's, created and not yet running (a SUSPEND is implied), or that of a span that callbacks end: its RETURN or UNWIND follows without a RESUME. */
export const FLAG_GENERATOR = 2;
/** Flag of LINES: numbers and times stand apart. */
export const FLAG_LINES_WIDE = 1;
/** Flag of LINK: a request that the call made. */
export const FLAG_LINK_OUT = 1;
/** Flag of LINK: a span of OpenTelemetry that was active. */
export const FLAG_LINK_OTEL = 2;
/** Flag of LOCALS: the variables behind those that are stored have no value yet. */
export const FLAG_LOCALS_UNINITIALIZED = 1;
/** Flag of LOCALS: there was no room for those behind. */
export const FLAG_LOCALS_CUT = 2;
/** Flag of LOCALS: none is stored, because the function had so many calls in that second. */
export const FLAG_LOCALS_SKIPPED = 4;
/** Flag of CLOCK: read for the next record alone (that function's clock is exact). */
export const FLAG_EXACT = 4;
/** Bit of the token that an ENTER of a function with MODE_LINES returns to it, so that its blocks are told of. It never reaches the ring. */
export const TOKEN_LINES = 134217728;
/** Bit of the token that an ENTER of a function with MODE_FRESH returns to it, so that its result is looked into as well. It never reaches the ring. */
export const TOKEN_FRESH = 268435456;
/** Bit of the token that an ENTER of a function with MODE_EXACT returns to it, so that its exit reads the clock too. It never reaches the ring. */
export const TOKEN_EXACT = 536870912;
/** Bit of the token that an ENTER of MODE_TIME returns to its function, so that the exit stores no value. It never reaches the ring. */
export const TOKEN_NO_VALUES = 1073741824;
/** The bits of a token itself. */
export const TOKEN_MASK = 134217727;
/** Mode byte of a function: off. */
export const MODE_OFF = 0;
/** Mode byte: count calls, record nothing. */
export const MODE_COUNT = 1;
/** Mode byte: record calls and times, no values. */
export const MODE_TIME = 2;
/** Mode byte: record calls, times and values. */
export const MODE_VALUES = 3;
/** Bits of the mode proper. */
export const MODE_MASK = 3;
/** Mode bit: an exact clock for each event. */
export const MODE_EXACT = 4;
/** Mode bit: the function's next calls have their objects looked into, whatever the budget. The writer takes it away after FRESH_CALLS of them. */
export const MODE_FRESH = 8;
/** Mode bit: which of its blocks a call runs is recorded. */
export const MODE_LINES = 16;
/** Mode bit, beside MODE_LINES: the values of its assignments are recorded. */
export const MODE_VARIABLES = 32;
/** Calls of a function that MODE_FRESH lasts for. */
export const FRESH_CALLS = 8;
/** Control memory (process-wide): byte offset of the tick, an i32 that the recorder changes every millisecond; TICK_ASLEEP while it sleeps. */
export const TICK_OFFSET = 0;
/** Control memory: byte offset of the epoch, an i32: number of the session that records, 0 for none. A writer that was attached in another epoch attaches again before it writes. */
export const EPOCH_OFFSET = 4;
/** Control memory: byte offset of what writers must know of the session, mostly limits of values, an i32 each, by LIMIT_*. */
export const LIMITS_OFFSET = 8;
/** Limit: levels of objects in objects. */
export const LIMIT_DEPTH = 0;
/** Limit: keys of an object, entries of a map. */
export const LIMIT_KEYS = 1;
/** Limit: items of an array, a set, a typed array. */
export const LIMIT_ITEMS = 2;
/** Limit: UTF-16 units of a string. */
export const LIMIT_STRING = 3;
/** Limit: words of a record. */
export const LIMIT_WORDS = 4;
/** Limit: properties looked into in a millisecond, 0 for any number. */
export const LIMIT_BUDGET = 5;
/** 1 if objects are told apart by numbers. */
export const LIMIT_IDENTITY = 6;
/** 1 if requests go out with the ids of their trace. */
export const LIMIT_PROPAGATE = 7;
/** Edges of the program that are recorded: EDGE_*. */
export const LIMIT_EDGES = 8;
/** Number of LIMIT_*. */
export const LIMITS = 9;
/** LIMIT_EDGES: requests that come and go. */
export const EDGE_HTTP = 1;
/** LIMIT_EDGES: queries of databases. */
export const EDGE_SQL = 2;
/** Control memory: byte offset of the mode bytes, one a function id. */
export const MODES_OFFSET = 64;
/** Control memory: byte offset of where each function's blocks begin among all, an u32 a function id. */
export const FIRST_BLOCKS_OFFSET = 1048640;
/** Bytes of the control memory. */
export const CONTROL_BYTES = 5242944;
/** The tick of a sleeping recorder: read the exact clock and wake it. */
export const TICK_ASLEEP = 0;
/** High 32 bits of every value that is not a number, below the tag. */
export const BOX = 4294443008;
/** Bits of the tag. */
export const TAG_MASK = 31;
/** Shift of the number of stored units, 14 bits, in the high word. */
export const STORED_SHIFT = 5;
/** Mask of the stored units, after the shift. */
export const STORED_MASK = 16383;
/** `undefined`. */
export const TAG_UNDEFINED = 1;
/** `null`. */
export const TAG_NULL = 2;
/** `false`. */
export const TAG_FALSE = 3;
/** `true`. */
export const TAG_TRUE = 4;
/** `NaN`. */
export const TAG_NAN = 5;
/** String of one-byte units (Latin-1). Payload: true length in UTF-16 units. Stored: units that follow, packed into words. */
export const TAG_STRING8 = 6;
/** String of two-byte units. Payload and stored as TAG_STRING8. */
export const TAG_STRING16 = 7;
/** BigInt of at most 64 bits. One word follows: i64. */
export const TAG_BIGINT64 = 8;
/** A larger BigInt. Payload: 1 if negative. A string value follows: hexadecimal digits, cut. */
export const TAG_BIGINT = 9;
/** Symbol. A string value follows: its description. */
export const TAG_SYMBOL = 10;
/** Function. A string value follows: its name. */
export const TAG_FUNCTION = 11;
/** Array. Payload: true length. Stored: items that follow as values. */
export const TAG_ARRAY = 12;
/** Object. Payload: true number of own enumerable keys. A value follows: its class's name, or undefined for a plain object, null for one without prototype. Stored: entries that follow, key (a string value or a symbol) and value. */
export const TAG_OBJECT = 13;
/** Map. Payload: true size. Stored: entries that follow, two values each. */
export const TAG_MAP = 14;
/** Set. Payload: true size. Stored: values that follow. */
export const TAG_SET = 15;
/** Date. One word follows: f64, ms since 1970, NaN if invalid. */
export const TAG_DATE = 16;
/** Regular expression. A string value follows: its source between slashes, with flags. */
export const TAG_REGEXP = 17;
/** Error. Three string values follow: name, message, stack (undefined where not read). Payload: true number of further properties: `cause`, `errors`, enumerable ones. Stored: entries that follow, key and value. */
export const TAG_ERROR = 18;
/** Bytes: a buffer, a view of single bytes, a DataView. Payload: length in bytes. Stored: bytes that follow, packed into words, behind a string value: the class's name. */
export const TAG_BYTES = 19;
/** Promise. Payload: PROMISE_*. Stored: 1 if a value follows, what it was settled with. */
export const TAG_PROMISE = 20;
/** Proxy, not looked into. */
export const TAG_PROXY = 21;
/** A getter, not called. */
export const TAG_ACCESSOR = 22;
/** An object that this value holds already, further up or beside. Payload: the word where it stands, counted from the record's header. */
export const TAG_CIRCULAR = 23;
/** An object, array or function that was not looked into. Payload: why, CUT_*. Stored: the tag that it would have had. */
export const TAG_CUT = 24;
/** An absent item of a sparse array. */
export const TAG_HOLE = 25;
/** A string that stands in this chunk already. Payload: the word of the chunk, counted from its header, where that TAG_STRING8 or TAG_STRING16 stands. */
export const TAG_STRING_AT = 26;
/** What has an identity. Payload: its number, from 1. The value follows. */
export const TAG_IDENTIFIED = 27;
/** A built-in object with more than its kind: two values follow, the name of its class (undefined where it is the kind's own) and the object as its kind. Payload: true number of own enumerable properties. Stored: entries that follow, key and value. */
export const TAG_EXTENDED = 28;
/** Typed array. Payload: length in elements. Stored: elements that follow as values, behind a string value: the name of the built-in class. */
export const TAG_TYPED = 29;
/** Boxed primitive. The primitive follows. */
export const TAG_BOXED = 30;
/** An object that cannot be looked into. A string value follows: its class's name. */
export const TAG_OPAQUE = 31;
/** TAG_CUT: deeper than the limit. */
export const CUT_DEPTH = 1;
/** TAG_CUT: the record was full. */
export const CUT_BYTES = 2;
/** TAG_CUT: the thread's budget for looking into objects was used up. */
export const CUT_BUDGET = 3;
/** TAG_CUT of a result, stored TAG_CUT, here and below: the time that breakpoints may pause for was used up. */
export const CUT_PAUSES = 4;
/** So many frames were on the stack that a pause takes too long. */
export const CUT_STACK = 5;
/** A pause would have been that of a debugger. */
export const CUT_DEBUGGER = 6;
/** V8 does not show how the call returned. */
export const CUT_HIDDEN = 7;
/** A pause for a result of this function has taken too long before. */
export const CUT_DEADLINE = 8;
/** TAG_PROMISE: its state is not known. */
export const PROMISE_UNKNOWN = 0;
/** TAG_PROMISE: not settled. */
export const PROMISE_PENDING = 1;
/** TAG_PROMISE: settled with a value. */
export const PROMISE_FULFILLED = 2;
/** TAG_PROMISE: settled with a reason. */
export const PROMISE_REJECTED = 3;
