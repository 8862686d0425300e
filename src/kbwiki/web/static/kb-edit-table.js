/* Tables: cells to go along, columns that stand below each other, rows and columns more or fewer.
   A part of the editor (see kb-edit.js): what it makes is handed to the others by the document, under a symbol. */
(() => {
  "use strict";
  const edit = (document[Symbol.for("kbwiki.edit")] ??= {});

  const DIVIDER = /^[ \t]*\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*$/;
  const cellsOf = (line) => {
    const cells = line.trim().replace(/^\|/, "").split(/(?<!\\)\|/);
    if (cells.length > 1 && !cells[cells.length - 1].trim()) cells.pop();
    return cells.map((cell) => cell.trim());
  };
  const wide = (words) => {
    let size = 0;
    for (const sign of words) size += /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60]|\p{Extended_Pictographic}/u.test(sign) ? 2 : /\p{M}/u.test(sign) ? 0 : 1;
    return size;
  };

  class Table {
    /* The table around a place in the text, or null. At most so many lines each way are looked at. */
    static at(text, place) {
      let from = text.lastIndexOf("\n", place - 1) + 1;
      let to = text.indexOf("\n", place);
      if (to < 0) to = text.length;
      if (!text.slice(from, to).includes("|")) return null;
      for (let count = 0; from > 0 && count < 500; count += 1) {
        const above = text.lastIndexOf("\n", from - 2) + 1;
        if (!text.slice(above, from - 1).includes("|")) break;
        from = above;
      }
      for (let count = 0; to < text.length && count < 500; count += 1) {
        const below = text.indexOf("\n", to + 1);
        const stop = below < 0 ? text.length : below;
        if (!text.slice(to + 1, stop).includes("|")) break;
        to = stop;
      }
      const lines = text.slice(from, to).split("\n");
      if (lines.length < 2 || !DIVIDER.test(lines[1]) || !/\||:?-+:?/.test(lines[1]) || DIVIDER.test(lines[0])) return null;
      return new Table(from, to, lines, place);
    }

    constructor(from, to, lines, place) {
      Object.assign(this, { from, to, indent: /^[ \t]*/.exec(lines[0])[0] });
      this.words = lines.join("\n");
      this.sides = cellsOf(lines[1]).map((cell) => (cell.startsWith(":") ? (cell.endsWith(":") ? "center" : "left") : cell.endsWith(":") ? "right" : ""));
      this.rows = lines.filter((_, at) => at !== 1).map(cellsOf);
      this.columns = Math.max(this.sides.length, ...this.rows.map((row) => row.length));
      const before = this.words.slice(0, place - from).split("\n");
      this.row = before.length - 1 < 2 ? 0 : before.length - 2;
      const here = before[before.length - 1];
      this.column = Math.max(0, (here.match(/(?<!\\)\|/g) || []).length - (/^\s*\|/.test(lines[before.length - 1]) ? 1 : 0));
      this.column = Math.min(this.column, this.columns - 1);
    }

    /* As it is written, columns in line; and where the cell in `row` and `column` stands in that. */
    written(row = -1, column = 0) {
      const count = this.columns;
      const full = this.rows.map((cells) => Array.from({ length: count }, (_, at) => cells[at] || ""));
      const sizes = Array.from({ length: count }, (_, at) => Math.min(60, Math.max(3, ...full.map((cells) => wide(cells[at])))));
      const lines = [];
      let place = [0, 0];
      let offset = 0;
      const add = (line) => { lines.push(line); offset += line.length + 1; };
      full.forEach((cells, at) => {
        let line = this.indent;
        cells.forEach((cell, number) => {
          const gap = " ".repeat(Math.max(0, sizes[number] - wide(cell)));
          const [left, right] = this.sides[number] === "right" ? [gap, ""] : this.sides[number] === "center" ? [gap.slice(0, gap.length >> 1), gap.slice(gap.length >> 1)] : ["", gap];
          line += `| ${left}`;
          if (at === row && number === column) place = [offset + line.length, offset + line.length + cell.length];
          line += `${cell}${right} `;
        });
        add(`${line}|`);
        if (at === 0) add(`${this.indent}${sizes.map((size, number) => `| ${this.divider(number, size)} `).join("")}|`);
      });
      return { words: lines.join("\n"), place };
    }

    divider(number, size) {
      const side = this.sides[number] || "";
      const left = side === "left" || side === "center" ? ":" : "";
      const right = side === "right" || side === "center" ? ":" : "";
      return left + "-".repeat(Math.max(1, size - left.length - right.length)) + right;
    }

    write(field, row, column) {
      const { words, place } = this.written(row, column);
      const [start, end] = [this.from + place[0], this.from + place[1]];
      if (words === this.words) field.select(start, end);
      else field.put(words, this.from, this.to, start, end);
    }

    /* To the next cell; from the last, to a new row, unless that row is empty still. Gives back whether there is one. */
    go(field, back) {
      let at = this.row * this.columns + this.column + (back ? -1 : 1);
      if (at < 0) return false;
      if (at >= this.rows.length * this.columns) {
        if (this.rows.length > 1 && this.rows[this.rows.length - 1].every((cell) => !cell)) return false;
        this.rows.push([]);
      }
      this.write(field, Math.floor(at / this.columns), at % this.columns);
      return true;
    }

    change(field, what) {
      if (what === "row-add") { this.rows.splice(this.row + 1, 0, []); this.write(field, this.row + 1, 0); }
      if (what === "row-remove") {
        if (this.row) this.rows.splice(this.row, 1); else this.rows[0] = [];
        this.write(field, Math.min(this.row, this.rows.length - 1), this.column);
      }
      if (what === "column-add") {
        for (const row of this.rows) row.splice(this.column + 1, 0, "");
        this.sides.splice(this.column + 1, 0, "");
        this.columns += 1;
        this.write(field, this.row, this.column + 1);
      }
      if (what === "column-remove" && this.columns > 1) {
        for (const row of this.rows) row.splice(this.column, 1);
        this.sides.splice(this.column, 1);
        this.columns -= 1;
        this.write(field, this.row, Math.min(this.column, this.columns - 1));
      }
    }
  }

  const tableOf = (rows) => {
    const count = Math.max(...rows.map((row) => row.length));
    const cell = (words = "") => words.replace(/\s+/g, " ").trim().replace(/(?<!\\)\|/g, "\\|");
    const [head, ...others] = rows.map((row) => Array.from({ length: count }, (_, at) => cell(row[at])));
    const table = new Table(0, 0, [`|${head.join("|")}|`, `|${"---|".repeat(count)}`, ...others.map((row) => `|${row.join("|")}|`)], 0);
    table.rows = [head, ...others];
    table.columns = count;
    return table.written().words;
  };

  Object.assign(edit, { Table, tableOf });
})();
