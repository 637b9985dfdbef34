/** A PDF is written, read again and changed. */
"use strict";
const { createHash } = require("node:crypto");
const { writeFileSync } = require("node:fs");
const { PDFDocument, StandardFonts, degrees, rgb } = require("pdf-lib");

(async () => {
  const document = await PDFDocument.create({ updateMetadata: false });
  const font = await document.embedFont(StandardFonts.TimesRoman);
  for (let at = 0; at < 5; at++) {
    const page = document.addPage([300, 200]);
    page.drawText(`Page ${at}\nwidth ${font.widthOfTextAtSize("wide", 12).toFixed(2)}`, { x: 20, y: 150, font, size: 12, color: rgb(at / 5, 0, 0) });
    page.drawRectangle({ x: 10, y: 10, width: 50, height: 30, rotate: degrees(at * 10) });
    page.drawSvgPath("M 0,20 L 100,160 Q 130,200 150,120 C 190,-40 200,200 300,150");
  }
  document.getForm().createTextField("name").addToPage(document.getPage(0), { x: 20, y: 20 });
  const bytes = await document.save();
  const again = await PDFDocument.load(bytes, { updateMetadata: false });
  again.removePage(1);
  again.getForm().getTextField("name").setText("filled");
  const changed = await again.save({ useObjectStreams: false });
  writeFileSync("out.pdf", changed);
  console.log(bytes.length, changed.length, createHash("sha256").update(changed).digest("hex"), again.getPageCount());
  await PDFDocument.load(new Uint8Array(20)).catch((error) => console.log(error.message));
})();
