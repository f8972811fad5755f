import { PDFDocument, StandardFonts } from "pdf-lib";

const MARGIN = 50;
const LINE = 20;

/**
 * @param {{ customer: string, items: { name: string, quantity: number, price: number }[] }} args prices in cents
 * @returns {Promise<{ total: number, pdf: string }>} the document in base64
 */
export async function main({ customer, items }) {
  if (!Array.isArray(items) || items.length === 0) throw new Error("items: at least one is needed");
  const total = items.reduce((sum, { quantity, price }) => sum + quantity * price, 0);
  const document = await PDFDocument.create();
  document.setTitle(`Invoice for ${customer}`);
  const page = document.addPage();
  const font = await document.embedFont(StandardFonts.Helvetica);
  let y = page.getHeight() - MARGIN;
  const write = (text, size = 12) => {
    page.drawText(text, { x: MARGIN, y, size, font });
    y -= size === 12 ? LINE : 2 * LINE;
  };
  write(`Invoice for ${customer}`, 22);
  for (const { name, quantity, price } of items) write(`${quantity} x ${name}: ${money(quantity * price)}`);
  write(`Total: ${money(total)}`, 16);
  return { total, pdf: await document.saveAsBase64() };
}

function money(cents) {
  return (cents / 100).toFixed(2);
}
