/**
 * Colours for a terminal: `paint.red("threw")`. None where the stream is no terminal, or NO_COLOR
 * is set; FORCE_COLOR has them anywhere. Limits: 16 colours.
 */

/** Functions that colour a text. */
export interface Paint {
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly red: (text: string) => string;
  readonly green: (text: string) => string;
  readonly yellow: (text: string) => string;
  readonly inverse: (text: string) => string;
}

const CODES = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  inverse: [7, 27],
} as const;

interface ColorStream {
  isTTY?: boolean;
  hasColors?: () => boolean;
}

/** The colours for a stream. */
export function createPaint(stream: ColorStream): Paint {
  const isOn = wantsColors(stream);
  const color = (name: keyof typeof CODES) => {
    const [on, off] = CODES[name];
    return (text: string) => (isOn && text !== "" ? `\u001B[${on}m${text}\u001B[${off}m` : text);
  };
  return {
    bold: color("bold"),
    dim: color("dim"),
    red: color("red"),
    green: color("green"),
    yellow: color("yellow"),
    inverse: color("inverse"),
  };
}

function wantsColors(stream: ColorStream): boolean {
  if (process.env["NO_COLOR"]) return false;
  const forced = process.env["FORCE_COLOR"];
  if (forced !== undefined) return forced !== "0" && forced !== "false";
  return stream.isTTY === true && (stream.hasColors?.() ?? false);
}
