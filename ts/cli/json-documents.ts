/**
 * What `--json` prints, command by command. `cli.schema.json` is generated from these types, by
 * `npm run docs`; the tests hold what the commands print against it.
 *
 *     output.json({ functions, truncated } satisfies JsonDocuments["top"]);
 *
 * Limits: types only. A field that is `undefined` is left out of the document.
 */
import type { Attached } from "../attach/attach";
import type { AttachCounters, CoveredFileInBrief } from "../attach/messages";
import type { AttachEnding } from "../attach/record-for";
import type { ProcessStatus } from "../control/running-processes";
import type { BreadcrumbErrorCode } from "../errors";
import type { CaptureReport } from "../options/capture";
import type { ConfigName } from "../options/config-options";
import type { Diff } from "../query/diff-result";
import type { FunctionStats, Gaps } from "../query/function-sums";
import type {
  Call,
  CallStatus,
  CountedFunction,
  ExportResult,
  FollowedCall,
  JsonValue,
  LineCount,
  RecordedException,
  RemoteCall,
  Run,
  SearchMatch,
  TailItem,
  TraceSummary,
} from "../query/results";
import type { Source } from "../query/read-source";
import type { RunReport } from "../query/run-report";
import type { RecoveredRun } from "../recovery";
import type { CheckReport, CompactReport, MigrateReport, PruneReport } from "../upkeep";

/** A run without the lists of its files. */
interface RunInBrief extends Omit<Run, "files"> {
  /** Number of files instrumented. */
  readonly filesInstrumented: number;
}

/** Where the next page begins. */
interface Paged {
  /** For `--cursor`; null where there are no more. */
  readonly nextCursor: string | null;
}

/** A list that may have been cut. */
interface Cut {
  /** There are more than `--limit`. */
  readonly truncated: boolean;
}

/** `list`: traces and the runs that they are of. */
interface TraceList extends Paged {
  readonly runs: readonly RunInBrief[];
  readonly traces: readonly TraceSummary[];
}

/** `show --source`: a call, beside the source of its function. */
export interface CallSource {
  readonly call: Call;
  readonly source: Source;
  /** The lines that its run knows of the function, with how often they ran in all calls. */
  readonly lines: readonly LineCount[];
  /** What ended it. */
  readonly exception: RecordedException | null;
}

/** `list --runs`. */
interface RunList extends Cut {
  readonly runs: readonly Run[];
}

/** `show`: a trace. */
interface TraceDocument {
  /** `<run>-<root call id in base 36>`. */
  readonly traceId: string;
  readonly runId: string;
  /** Entry of its first call. */
  readonly startedAt: string;
  /** Duration of the root; null while open, or where it has no row. */
  readonly durationNs: number | null;
  readonly status: CallStatus;
  /** Number of its calls in the store. */
  readonly callCount: number;
  /** It has more calls than `calls`, which are its upper levels. */
  readonly truncated: boolean;
  /** Callers before callees, linked by `parentId`. */
  readonly calls: readonly Call[];
  /** In the order thrown. */
  readonly exceptions: readonly RecordedException[];
  /** Calls that were only counted, on its thread, while it went on: at least these. */
  readonly countedMeanwhile: readonly CountedFunction[];
  /** The call that made the request which the trace serves; null where none is known. */
  readonly remoteParent: RemoteCall | null;
  /** The calls that its own requests led to, in the order of the requests. */
  readonly remoteChildren: readonly RemoteCall[];
}

/** `stats`: a run's report. */
interface RunReportDocument extends Omit<RunReport, "run"> {
  readonly run: RunInBrief;
}

/** `export` of a picture: a flame graph or a timeline. */
interface PictureExport {
  /** The file. */
  readonly path: string;
  readonly format: "speedscope" | "folded" | "chrome";
  readonly bytes: number;
}

/** `prune`. */
interface Pruning extends PruneReport {
  /** Nothing was removed: it is what would be. */
  readonly dryRun: boolean;
}

/** `prune --pin`, `--unpin`: the runs of which that is new. */
interface Pins {
  readonly pinned: readonly string[];
  readonly unpinned: readonly string[];
}

/** `init`: what was changed, or would be. */
interface InitChanges {
  readonly changes: readonly {
    /** Its path. */
    readonly file: string;
    /** There was none. */
    readonly isNew: boolean;
    /** There is none any more. */
    readonly isRemoved: boolean;
    /** The text that came. */
    readonly added: string;
    /** The text that went. */
    readonly removed: string;
  }[];
  /** false: it was only to tell. */
  readonly written: boolean;
}

/** `config`: what holds here. */
export interface ConfigDocument {
  /** The configuration file; null where there is none. */
  readonly file: string | null;
  /** The profile that holds; null: none. */
  readonly profile: string | null;
  /** The profiles that there are. */
  readonly profiles: readonly string[];
  readonly values: {
    readonly [name in ConfigName]: {
      /** null: what is standard. */
      readonly value: JsonValue;
      /** Who said it. */
      readonly origin: string;
    };
  };
}

/** `config set`, `config unset`. */
interface ConfigChange {
  readonly file: string;
  readonly profile: string | null;
  readonly name: ConfigName;
  /** null: it was not set. */
  readonly before: JsonValue;
  /** null: it is not set. */
  readonly after: JsonValue;
}

/** `status`. */
interface StatusDocument {
  readonly processes: readonly ProcessStatus[];
  /** What is wrong with processes that do not say what they are. */
  readonly problems: readonly string[];
}

/** `start`, `stop`: what became of one process. */
interface ChangedProcess extends Pick<CaptureReport, "near"> {
  readonly pid: number;
  readonly runId: string;
  /** Folder of its store. */
  readonly store: string;
  /** Functions that are captured now; null: it was not changed. */
  readonly functions: number | null;
  /** Functions with probes so far; null likewise. */
  readonly of: number | null;
  /** Why it was not changed. */
  readonly error: { readonly code: BreadcrumbErrorCode; readonly message: string } | null;
}

/** `start`, `stop`. */
interface ChangedProcesses {
  readonly processes: readonly ChangedProcess[];
}

/** `dump`: what became of one process. */
interface DumpedProcess {
  readonly pid: number;
  readonly runId: string;
  /** Folder of its store. */
  readonly store: string;
  /** Traces that were stored now; null: none could be. */
  readonly traces: number | null;
  /** It holds nothing, because it stores every trace; null likewise. */
  readonly storesAll: boolean | null;
  /** Why nothing was stored. */
  readonly error: { readonly code: BreadcrumbErrorCode; readonly message: string } | null;
}

/** `attach`: what was recorded of a process. */
interface AttachDocument {
  readonly pid: number;
  readonly runId: string;
  /** Folder of the store. */
  readonly store: string;
  /** `control`: it had probes, and recorded at full speed. */
  readonly through: Attached["through"];
  /** Functions that were captured when it began. */
  readonly functions: number;
  /** Files that were chosen, and what recorded them; of a process with probes none is told. */
  readonly files: readonly CoveredFileInBrief[];
  readonly seconds: number;
  /** What ended it: the time, whoever attached, or the process. */
  readonly ended: AttachEnding;
  /** null: the process has ended. */
  readonly counters: AttachCounters | null;
  /** What there is to know about it. */
  readonly notices: readonly string[];
}

/** What goes wrong, as a line on stderr. */
interface ErrorDocument {
  readonly error: BreadcrumbErrorCode;
  readonly message: string;
  /** What to do; null where the message has no more. */
  readonly suggestion: string | null;
}

/** What `--json` prints, by command. */
export interface JsonDocuments {
  readonly list: TraceList | RunList;
  readonly show: TraceDocument | CallSource;
  readonly view: TraceDocument;
  readonly stats: RunReportDocument;
  readonly top: { readonly functions: readonly FunctionStats[] } & Cut;
  readonly exceptions: { readonly exceptions: readonly RecordedException[] } & Paged;
  readonly search: { readonly matches: readonly SearchMatch[] } & Paged;
  readonly query: { readonly rows: readonly Readonly<Record<string, JsonValue>>[] } & Cut;
  readonly gaps: Gaps & Cut;
  readonly diff: Diff;
  /** Each line. */
  readonly tail: TailItem;
  readonly export: ExportResult | PictureExport;
  readonly prune: Pruning | Pins;
  readonly compact: CompactReport;
  readonly doctor: CheckReport;
  readonly migrate: MigrateReport;
  readonly recover: { readonly runs: readonly RecoveredRun[] };
  readonly init: InitChanges;
  readonly config: ConfigDocument | ConfigChange;
  readonly follow: { readonly calls: readonly FollowedCall[] } & Paged;
  readonly attach: AttachDocument;
  readonly status: StatusDocument;
  readonly start: ChangedProcesses;
  readonly stop: ChangedProcesses;
  readonly dump: { readonly processes: readonly DumpedProcess[] };
  /** A line on stderr, of any command. */
  readonly error: ErrorDocument;
}
