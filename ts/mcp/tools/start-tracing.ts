/** `start_tracing`: captures functions of a process that runs. */
import { z } from "zod";
import { captureRequest } from "../../options/capture";
import { changeCapture, PROCESSES, WHICH } from "../live-processes";
import { defineTool } from "../tool";

const MS_PER_S = 1000;

export const startTracing = defineTool({
  name: "start_tracing",
  title: "Capture functions of a live process",
  description:
    "Captures chosen functions of a running process that was started with Breadcrumb (breadcrumb run --dormant, or preloaded) and records into this store; its other functions are not captured meanwhile. It works while the process is busy, and ends by itself after forSeconds. Without pid, run or all: the one process that there is.",
  input: {
    ...WHICH,
    include: z
      .array(
        z
          .string()
          .min(1)
          .max(500)
          .regex(/^[^,\n]*$/),
      )
      .min(1)
      .max(50)
      .optional()
      .describe(
        'functions: files as in .gitignore or npm:express, names behind a colon: ["src/cart.js:Cart.*", ":checkout"] (default: all)',
      ),
    capture: z
      .enum(["values", "time", "count"])
      .default("values")
      .describe("values; time: no arguments or results; count"),
    forSeconds: z.number().min(0.1).max(3600).default(60).describe("then what held before holds"),
    overhead: z
      .number()
      .min(0.01)
      .max(1)
      .optional()
      .describe(
        "what recording may cost from now on, as a share of the process's own CPU (0.05): hot functions are then counted only",
      ),
  },
  output: { processes: PROCESSES },
  annotations: {
    readOnlyHint: false,
    destructiveHint: false,
    idempotentHint: true,
    openWorldHint: true,
  },
  run: async ({ pid, run, all, include, capture, forSeconds, overhead }, context) => {
    const request = captureRequest({
      ...(include !== undefined && { include }),
      capture,
      ...(overhead !== undefined && { overhead }),
      for: Math.ceil(forSeconds * MS_PER_S),
    });
    return changeCapture({ pid, run, all }, request, context);
  },
});
