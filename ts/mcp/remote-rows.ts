/**
 * Calls at the other ends of requests, in answers.
 *
 *     remoteIn(remote, ({ callId }) => shown.has(callId))   // { askedForBy, ledTo: [{ call: "019b…-1#1", … }] }
 *
 * Limits: `MOST` requests of an answer are told, the others counted.
 */
import { z } from "zod";
import type { RemoteCall, RemoteCalls } from "../query/index";
import { callRef } from "./call-ref";
import { ms, nameOf, placeOf } from "./rows";

const MOST = 20;

const REMOTE_ROW = z.object({
  from: z.number().describe("number of the call here: that made the request, or serves it"),
  call: z.string().describe("id of the call at the other end, for get_trace, explain_call"),
  function: z.string().nullable().describe("null: it has no row yet"),
  at: z.string().nullable(),
  durationMs: z.number().nullable(),
  status: z.enum(["returned", "threw", "open"]),
});
type RemoteRow = z.output<typeof REMOTE_ROW>;

/** What an answer tells of requests, where there are any. */
export const REMOTE: {
  askedForBy: z.ZodOptional<typeof REMOTE_ROW>;
  ledTo: z.ZodOptional<z.ZodArray<typeof REMOTE_ROW>>;
  otherRequests: z.ZodOptional<z.ZodNumber>;
} = {
  askedForBy: REMOTE_ROW.optional().describe(
    "the call, mostly of another process, that made the request which is served here",
  ),
  ledTo: z
    .array(REMOTE_ROW)
    .optional()
    .describe("calls, mostly of other processes, that requests from here led to"),
  otherRequests: z.number().optional().describe("further ones that are not listed"),
};

/** The requests of an answer, and their lines. */
export function remoteIn(
  { parent, children }: RemoteCalls,
  isHere: (call: RemoteCall) => boolean,
): {
  readonly data: { askedForBy?: RemoteRow; ledTo?: RemoteRow[]; otherRequests?: number };
  readonly lines: readonly string[];
} {
  const askedForBy = parent !== null && isHere(parent) ? rowOf(parent) : undefined;
  const here = children.filter(isHere);
  const ledTo = here.slice(0, MOST).map(rowOf);
  const otherRequests = here.length - ledTo.length;
  return {
    data: {
      ...(askedForBy && { askedForBy }),
      ...(ledTo.length > 0 && { ledTo }),
      ...(otherRequests > 0 && { otherRequests }),
    },
    lines: [
      ...(askedForBy ? [`#${askedForBy.from} was asked for by ${lineOf(askedForBy)}`] : []),
      ...ledTo.map((row) => `#${row.from} led to ${lineOf(row)}`),
      ...(otherRequests > 0 ? [`… and ${otherRequests} more requests`] : []),
    ],
  };
}

function rowOf({ callId, remote }: RemoteCall): RemoteRow {
  return {
    from: callId,
    call: callRef(remote.traceId, remote.callId),
    function: nameOf(remote.function),
    at: placeOf(remote.file, remote.line),
    durationMs: ms(remote.durationNs),
    status: remote.status,
  };
}

function lineOf(row: RemoteRow): string {
  const name = row.function === null ? "a call without a row" : `${row.function} [${row.at}]`;
  return `${name} ${row.status}  ${row.durationMs ?? "?"} ms  id ${row.call}`;
}
