/** `stop_tracing`: captures nothing of a process that runs. */
import { captureRequest } from "../../options/capture";
import { changeCapture, PROCESSES, WHICH } from "../live-processes";
import { defineTool } from "../tool";

export const stopTracing = defineTool({
  name: "stop_tracing",
  title: "Capture nothing of a live process",
  description:
    "Ends what start_tracing began, or the recording of a process as a whole: its probes stay, dormant, and start_tracing captures again. What was recorded stays in the store. Without pid, run or all: the one process that there is.",
  input: WHICH,
  output: { processes: PROCESSES },
  annotations: {
    readOnlyHint: false,
    destructiveHint: false,
    idempotentHint: true,
    openWorldHint: true,
  },
  run: async ({ pid, run, all }, context) =>
    changeCapture({ pid, run, all }, captureRequest({ capture: "dormant" }), context),
});
