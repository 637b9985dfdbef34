/**
 * Colours for a terminal: `paint.red("threw")`. None where the stream is no terminal, or NO_COLOR
 * is set. Limits: 16 colours.
 */

/** Functions that colour a text. */
export interface Paint {
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly red: (text: string) => string;
  readonly yellow: (text: string) => string;
}

const CODES = { bold: [1, 22], dim: [2, 22], red: [31, 39], yellow: [33, 39] } as const;

/** The colours for a stream. */
export function createPaint(stream: { isTTY?: boolean; hasColors?: () => boolean }): Paint {
  const isOn = stream.isTTY === true && !process.env["NO_COLOR"] && (stream.hasColors?.() ?? false);
  const color = (name: keyof typeof CODES) => {
    const [on, off] = CODES[name];
    return (text: string) => (isOn && text !== "" ? `\u001B[${on}m${text}\u001B[${off}m` : text);
  };
  return { bold: color("bold"), dim: color("dim"), red: color("red"), yellow: color("yellow") };
}
