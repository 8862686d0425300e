/* The editor: tools, keys, suggestions, tables, pasting and a preview that follows. Without this script the field is a
   field, and everything works. What it writes, the browser can undo. No key costs more in a long text than in a short
   one: the whole text is looked at only after a pause, or where a key asks for it. */
(() => {
  "use strict";
  const one = (selector, within = document) => within.querySelector(selector);
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const make = (tag, attributes, text) => {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    if (text) element.textContent = text;
    return element;
  };
  const store = {
    get(key) { try { return localStorage.getItem(key); } catch { return null; } },
    set(key, value) { try { localStorage.setItem(key, value); } catch { /* full or forbidden: go on without */ } },
  };
  const mac = /Mac|iPhone|iPad/.test(navigator.platform || "");
  const large = 60000;

  /* ---- The field ---- */

  const ITEM = /^((?:[ \t]*>)*[ \t]*)([-*+]|\d{1,9}[.)])([ \t]+)(\[[ xX]\][ \t]+)?/;

  class Field {
    constructor(area) { this.area = area; }
    get text() { return this.area.value; }
    get start() { return this.area.selectionStart; }
    get end() { return this.area.selectionEnd; }
    select(start, end = start) { this.area.setSelectionRange(start, end); }

    /* The old command keeps the browser's own undo; where it is gone, the text is set. */
    put(words, from = this.start, to = this.end, start = from + words.length, end = start) {
      this.area.focus({ preventScroll: true });
      this.select(from, to);
      this.puts = true;
      const done = words ? document.execCommand?.("insertText", false, words) : from === to || document.execCommand?.("delete");
      if (!done) {
        this.area.setRangeText(words, from, to, "end");
        this.area.dispatchEvent(new Event("input", { bubbles: true }));
      }
      this.puts = false;
      this.select(start, end);
    }

    /* The whole lines that the selection touches. */
    lines() {
      const { text } = this;
      const from = text.lastIndexOf("\n", this.start - 1) + 1;
      const stop = this.end > this.start && text[this.end - 1] === "\n" ? this.end - 1 : this.end;
      const end = text.indexOf("\n", stop);
      return { from, to: end < 0 ? text.length : end, words: text.slice(from, end < 0 ? text.length : end) };
    }

    around(before, after, placeholder) {
      const { text, start, end } = this;
      const middle = text.slice(start, end) || placeholder;
      this.put(before + middle + after, start, end, start + before.length, start + before.length + middle.length);
    }

    /* Marks around words; those that are there already go. */
    mark(mark, placeholder) {
      const { text, start, end } = this;
      const size = mark.length;
      const stars = /\**$/.exec(text.slice(Math.max(0, start - 3), start))[0].length;
      const has = text.slice(start - size, start) === mark && text.slice(end, end + size) === mark && (mark !== "*" || stars !== 2);
      if (start >= size && has) this.put(text.slice(start, end), start - size, end + size, start - size, end - size);
      else this.around(mark, mark, placeholder);
    }

    prefix(matches, make) {
      const { from, to, words } = this.lines();
      const lines = words.split("\n");
      const all = lines.every((line) => matches.test(line) || (!line.trim() && lines.length > 1));
      const made = lines.map((line, at) => {
        if (!line.trim() && lines.length > 1) return line;
        return all ? line.replace(matches, "$1") : line.replace(/^([ \t]*)(?:[-*+][ \t]+(?:\[[ xX]\][ \t]+)?|\d{1,9}[.)][ \t]+)?/, (_, blank) => blank + make(at));
      }).join("\n");
      const several = lines.length > 1;
      this.put(made, from, to, several ? from : from + made.length, from + made.length);
    }

    heading() {
      const { from, to, words } = this.lines();
      const [, marks, rest] = /^(#{0,6})[ \t]*(.*)$/s.exec(words);
      const next = marks === "" ? "## " : marks === "##" ? "### " : "";
      this.put(next + rest, from, to, from + next.length, from + next.length + rest.length);
    }

    quote() {
      const { from, to, words } = this.lines();
      const lines = words.split("\n");
      const quoted = lines.every((line) => /^>/.test(line));
      const made = lines.map((line) => (quoted ? line.replace(/^> ?/, "") : `> ${line}`)).join("\n");
      this.put(made, from, to, from + made.length);
    }

    code() {
      const { text, start, end } = this;
      if (text.slice(start, end).includes("\n")) this.block("```\n", "\n```", "");
      else this.mark("`", "");
    }

    /* Something with lines of its own. */
    block(before, after, placeholder) {
      const { text, start } = this;
      const gap = start === 0 || text.slice(0, start).endsWith("\n\n") ? "" : text[start - 1] === "\n" ? "\n" : "\n\n";
      const rest = text[this.end] === undefined || text[this.end] === "\n" ? "" : "\n\n";
      this.around(gap + before, after + rest, placeholder);
    }

    link(words) {
      const chosen = this.text.slice(this.start, this.end);
      const { start } = this;
      if (isAddress(chosen)) this.put(`[${words}](${chosen})`, this.start, this.end, start + 1, start + 1 + words.length);
      else {
        const label = chosen || words;
        const at = start + label.length + 3;
        this.put(`[${label}](https://)`, this.start, this.end, at, at + 8);
      }
    }

    inCode(at) {
      return (this.text.slice(0, at).match(/^ {0,3}(?:```|~~~)/gm) || []).length % 2 === 1;
    }

    /* Lists and quotations go on by themselves; an entry without words goes outwards, or ends them. Gives back whether
       it did. */
    enter() {
      const { text, start, end } = this;
      if (start !== end) return false;
      const from = text.lastIndexOf("\n", start - 1) + 1;
      const stop = text.indexOf("\n", start);
      const line = text.slice(from, stop < 0 ? text.length : stop);
      const item = ITEM.exec(line);
      const quote = item ? null : /^(?:[ \t]*>[ \t]?)+/.exec(line);
      const found = item || quote;
      if (!found || start - from < found[0].length || this.inCode(from)) return false;
      if (!line.slice(found[0].length).trim()) {
        if (item && /^ {2,}$/.test(item[1])) { this.select(start); return this.indent(true); }
        /* An empty line between, or what follows would still belong to it. */
        this.put(item?.[1].trim() ? item[1] : "\n", from, from + line.length);
        return true;
      }
      if (quote) this.put(`\n${quote[0]}`);
      else {
        const number = /^(\d+)(.)$/.exec(item[2]);
        this.put(`\n${item[1]}${number ? Number(number[1]) + 1 + number[2] : item[2]}${item[3]}${item[4] ? "[ ] " : ""}`);
      }
      return true;
    }

    /* Entries of a list move inwards and outwards: where several are selected, or from the beginning of one. */
    indent(outwards) {
      const { text, start, end } = this;
      const { from, to, words } = this.lines();
      const lines = words.split("\n");
      const items = lines.map((line) => ITEM.exec(line));
      if (!items[0] || !lines.every((line, at) => items[at] || /^\s/.test(line) || !line.trim())) return false;
      const first = items[0];
      if (start === end && start - from > first[0].length) return false;
      const size = first[2].length + first[3].length;
      const step = outwards ? -Math.min(size, /^ */.exec(lines[0])[0].length) : size;
      if (outwards && !step) return false;
      const made = lines.map((line) => (step < 0 ? line.replace(new RegExp(`^ {0,${-step}}`), "") : line.trim() ? " ".repeat(step) + line : line)).join("\n");
      this.put(made, from, to, Math.max(from, start + step), Math.max(from, end + made.length - words.length));
      return text !== this.text;
    }
  }

  const isAddress = (words) => /^(?:https?:\/\/|mailto:)[^\s<>]+$/i.test(words);

  /* ---- Tables ---- */

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

  /* ---- Pasting: HTML to Markdown ---- */

  const KNOWN = "h1, h2, h3, h4, h5, h6, strong, b, em, i, a[href], ul, ol, table, pre, code, blockquote, img, [data-style*='font-weight'], [data-style*='italic']";
  const escaped = (words) => words.replace(/[\\`*[\]<]/g, "\\$&").replace(/(^|\s)_|_(?=\s|$)/g, (found) => found.replace("_", "\\_"));
  const guarded = (line) => line.replace(/^(\s*)([#>+-]|\d+[.)])(?=\s)/, (_, blank, sign) => `${blank}${sign.length > 1 ? sign.slice(0, -1) + "\\" + sign.slice(-1) : "\\" + sign}`);

  class Converted {
    /* Styles are looked at as text and never applied; what would run stands there as nothing. */
    constructor(html, base) {
      const tags = html.replace(/<!--[\s\S]*?-->/g, "").replace(/<(style|script|title)\b[\s\S]*?<\/\1>/gi, "").replace(/<[^<>]*>/g, (tag) => tag.replace(/\s(style|on\w+)\s*=/gi, " data-$1="));
      this.body = new DOMParser().parseFromString(tags, "text/html").body;
      this.base = base;
    }

    get isTable() {
      const tables = this.body.querySelectorAll("table");
      const rest = this.body.cloneNode(true);
      for (const table of rest.querySelectorAll("table")) table.remove();
      return tables.length === 1 && !rest.textContent.trim() && tables[0].rows.length * Math.max(...[...tables[0].rows].map((row) => row.cells.length)) > 1;
    }

    get isRich() { return Boolean(this.body.querySelector(KNOWN)); }

    get markdown() { return this.blocks(this.body).replace(/\n{3,}/g, "\n\n").trim(); }

    blocks(parent) {
      let made = "";
      let line = "";
      const end = () => { if (line.trim()) made += `${guarded(line.trim())}\n\n`; line = ""; };
      for (const node of parent.childNodes) {
        const block = node.nodeType === 1 ? this.block(node) : null;
        if (block === null) line += this.inline(node);
        else { end(); made += block && `${block}\n\n`; }
      }
      end();
      return made;
    }

    block(element) {
      const name = element.localName;
      if (/^h[1-6]$/.test(name)) { const words = this.line(element); return words && `${"#".repeat(Number(name[1]))} ${words}`; }
      if (name === "ul" || name === "ol") return this.list(element, name === "ol");
      if (name === "pre") return `\`\`\`\n${element.textContent.replace(/\n$/, "")}\n\`\`\``;
      if (name === "blockquote") return this.blocks(element).trim().replace(/^/gm, "> ");
      if (name === "table") return this.table(element);
      if (name === "hr") return "---";
      if (element.querySelector("h1, h2, h3, h4, h5, h6, ul, ol, pre, blockquote, table, p, div") || /^(p|div|section|article|main|header|footer|dl|dd|dt|figure|figcaption|address|li)$/.test(name)) return this.blocks(element).trim();
      return null;
    }

    list(list, numbered) {
      let number = Number(list.getAttribute("start")) || 1;
      return [...list.children].map((entry) => {
        if (entry.localName !== "li") return this.list(entry, entry.localName === "ol").replace(/^/gm, "  ");
        const box = entry.querySelector("input[type=checkbox]");
        const sign = numbered ? `${number++}. ` : box ? `- [${box.hasAttribute("checked") ? "x" : " "}] ` : "- ";
        const gap = " ".repeat(numbered ? sign.length : 2);
        const words = this.blocks(entry).trim().replace(/\n\n(?=\s*(?:[-*+]|\d+[.)])\s)/g, "\n");
        return sign + words.replace(/\n(?=.)/g, `\n${gap}`);
      }).join("\n");
    }

    table(table) {
      const rows = [...table.rows].map((row) => [...row.cells].flatMap((cell) => [this.line(cell), ...Array(Math.max(0, Math.min(50, cell.colSpan) - 1)).fill("")]));
      return rows.length ? tableOf(rows) : "";
    }

    line(element) { return [...element.childNodes].map((node) => this.inline(node)).join("").replace(/\s+/g, " ").trim(); }

    inline(node) {
      if (node.nodeType === 3) return escaped(node.data.replace(/\s+/g, " "));
      if (node.nodeType !== 1) return "";
      const name = node.localName;
      if (name === "br") return "\n";
      if (name === "img") return this.picture(node);
      if (name === "code" || name === "kbd" || name === "samp" || name === "tt") return node.textContent ? `\`${node.textContent.replace(/`/g, "'")}\`` : "";
      if (name === "input" || name === "button" || name === "svg") return "";
      const words = [...node.childNodes].map((child) => this.inline(child)).join("");
      if (name === "a") return this.link(node, words);
      const style = node.getAttribute("data-style") || "";
      const bold = /^(b|strong)$/.test(name) ? !/font-weight:\s*(normal|400)/i.test(style) : /font-weight:\s*(bold|[6-9]00)/i.test(style);
      const italic = /^(i|em)$/.test(name) ? !/font-style:\s*normal/i.test(style) : /font-style:\s*italic/i.test(style);
      const marks = (name === "s" || name === "del" || name === "strike" ? "~~" : "") + (bold ? "**" : "") + (italic ? "*" : "");
      if (!marks || !words.trim()) return words;
      const [, before, inner, after] = /^(\s*)([\s\S]*?)(\s*)$/.exec(words);
      return `${before}${marks}${inner}${[...marks].reverse().join("")}${after}`;
    }

    address(raw) {
      try { return new URL(raw, location.href); } catch { return null; }
    }

    link(node, words) {
      const address = this.address(node.getAttribute("href") || "");
      const label = words.trim();
      if (!address || !/^(https?|mailto):$/.test(address.protocol) || !label) return words;
      const root = this.base.replace(/\/$/, "");
      if (address.origin === location.origin && address.pathname.startsWith(`${root}/`) && !address.pathname.startsWith(`${root}/-/`)) {
        const path = decodeURIComponent(address.pathname.slice(root.length));
        if (path.length > 1 && !/[[\]|#\\]/.test(path)) return `[[${path.slice(1).includes("/") ? path.slice(1) : path}|${label}]]`;
      }
      return label === address.href || escaped(address.href) === label ? `<${address.href}>` : `[${label}](${address.href.replace(/[()]/g, encodeURIComponent).replace(/\(/g, "%28").replace(/\)/g, "%29")})`;
    }

    picture(node) {
      const address = this.address(node.getAttribute("src") || "");
      const alt = escaped(node.getAttribute("alt") || "");
      return address && address.origin === location.origin && /^https?:$/.test(address.protocol) ? `![${alt}](${address.pathname})` : "";
    }
  }

  const rowsOf = (plain) => {
    const lines = plain.replace(/\r/g, "").replace(/\n+$/, "").split("\n");
    const rows = lines.map((line) => line.split("\t"));
    return rows.length > 1 && rows[0].length > 1 && lines.every((line, at) => rows[at].length === rows[0].length && !line.startsWith("\t\t")) && rows.some((row) => row[0].trim()) ? rows : null;
  };

  /* ---- Suggestions: a list at the caret, of what may be meant ---- */

  const ASKS = [
    { kind: "heading", found: /\[\[([^[\]|#\n]*)#([^[\]|\n]*)$/, typed: 2, page: 1 },
    { kind: "page", found: /\[\[([^[\]|#\n]*)$/, typed: 1 },
    { kind: "person", found: /(?:^|[\s(])@((?:[\p{L}\p{N}][\p{L}\p{N}.'-]*(?: [\p{L}\p{N}.'-]*)?)?)$/u, typed: 1 },
    { kind: "block", found: /^[ \t]*\/([\p{L}\p{N} ]{0,24})$/u, typed: 1 },
  ];

  class Suggesting {
    constructor(editor) {
      this.editor = editor;
      this.field = editor.field;
      this.list = make("ul", { role: "listbox", id: "kb_suggested", class: "kb-suggested", "aria-label": editor.words.kbSuggested, hidden: "" });
      one(".kb-pane", editor.place).append(this.list);
      const { area } = this.field;
      area.setAttribute("aria-autocomplete", "list");
      area.setAttribute("aria-haspopup", "listbox");
      area.setAttribute("aria-controls", this.list.id);
      this.list.addEventListener("pointerdown", (event) => event.preventDefault());
      this.list.addEventListener("click", (event) => { const option = event.target.closest("[role=option]"); if (option) this.choose(option); });
      area.addEventListener("blur", () => this.close());
    }
    get isOpen() { return !this.list.hidden; }

    /* After a key: only those that may begin something look at the line. */
    typed(event) {
      if (this.isOpen || this.waits) { this.look(); return; }
      if (event.data && !event.isComposing && (this.unanswered || /[[#@/]$/.test(event.data))) this.look();
    }

    look() {
      const { text, start, end } = this.field;
      const from = text.lastIndexOf("\n", start - 1) + 1;
      const line = text.slice(Math.max(from, start - 300), start);
      const ask = start === end && ASKS.find((one) => one.found.test(line));
      this.unanswered = false;
      if (!ask) { this.close(); return; }
      const match = ask.found.exec(line);
      const typed = match[ask.typed];
      this.asks = { kind: ask.kind, typed, from: start - typed.length, page: ask.page ? match[ask.page] : "" };
      if (ask.kind === "block") { this.asks.from -= 1; this.show(this.blocks(typed), ""); return; }
      if (ask.kind === "person" && !typed) { this.close(); this.unanswered = true; return; }
      clearTimeout(this.timer);
      this.waits = true;
      this.timer = setTimeout(() => this.ask(), 120);
    }

    blocks(typed) {
      const wanted = typed.trim().toLowerCase();
      const own = all("[data-kb-blocks] > li, .kb-toolbar [data-kb-before]", this.editor.place);
      return own.filter((entry) => entry.textContent.toLowerCase().includes(wanted)).map((entry) => ({ text: entry.textContent.trim(), about: "", entry }));
    }

    async ask() {
      this.stopped?.abort();
      this.stopped = new AbortController();
      const { kind, typed, page } = this.asks;
      const query = new URLSearchParams({ kind, q: typed, page, path: this.editor.path });
      try {
        const answer = await fetch(`${this.editor.words.kbComplete}?${query}`, { signal: this.stopped.signal, headers: { Accept: "application/json" } });
        if (!answer.ok) throw new Error(String(answer.status));
        const { lines, said } = await answer.json();
        const own = kind === "heading" && !page.trim() ? this.editor.live.headings.filter(([, , title]) => title.toLowerCase().includes(typed.trim().toLowerCase())).map(([, anchor, title]) => ({ text: title, about: "", puts: /[[\]|\\]/.test(title) ? anchor.replace("kb-h-", "") : title })) : [];
        this.waits = false;
        this.show([...own, ...lines.filter((line) => !own.some((other) => other.text === line.text))].slice(0, 10), said);
      } catch (error) {
        if (error.name !== "AbortError") this.close();
      }
    }

    show(lines, said) {
      if (!lines.length || document.activeElement !== this.field.area) { this.close(); this.unanswered = true; return; }
      this.list.replaceChildren(...lines.map((line, at) => {
        const option = make("li", { role: "option", id: `kb_suggested_${at}`, "aria-selected": "false" });
        option.append(make("span", { dir: "auto", class: "kb-found-text" }, line.text));
        if (line.about) option.append(make("span", { dir: "auto", class: "kb-found-about" }, line.about));
        option.line = line;
        return option;
      }));
      if (!this.isOpen) { this.editor.bringInSight(); this.list.hidden = false; this.place(); }
      this.list.setAttribute("aria-label", this.asks.kind === "block" ? this.editor.words.kbInserted : this.editor.words.kbSuggested);
      this.editor.say(said || this.list.getAttribute("aria-label"));
      this.mark(this.list.firstElementChild);
    }

    /* Below the caret's line, or above it where the window ends. Where the text is long, finding the caret would take
       too long: at the field's foot. */
    place() {
      const { area } = this.field;
      const pane = area.parentElement;
      const box = pane.getBoundingClientRect();
      const bottom = this.editor.foot;
      let top = Math.min(area.clientHeight, bottom - box.top) - 8;
      let line = 0;
      let left = 8;
      if (this.field.text.length <= large) {
        const seen = caretAt(area, this.asks.from);
        line = seen.height;
        top = Math.min(area.clientHeight, seen.top - area.scrollTop + line) + area.offsetTop;
        left = seen.left + area.offsetLeft;
      }
      const height = this.list.offsetHeight;
      if (box.top + top + height > bottom && box.top + top - line - height > 0) top -= height + line;
      this.list.style.top = `${top}px`;
      this.list.style.left = `${Math.max(0, Math.min(left, pane.clientWidth - this.list.offsetWidth))}px`;
    }

    close() {
      clearTimeout(this.timer);
      this.stopped?.abort();
      this.waits = false;
      if (!this.isOpen) return;
      this.list.hidden = true;
      this.mark(null);
      this.editor.say("");
    }

    mark(option) {
      for (const other of this.list.children) other.setAttribute("aria-selected", String(other === option));
      this.current = option;
      if (!option) { this.field.area.removeAttribute("aria-activedescendant"); return; }
      this.field.area.setAttribute("aria-activedescendant", option.id);
      const { list } = this;
      if (option.offsetTop < list.scrollTop) list.scrollTop = option.offsetTop;
      else if (option.offsetTop + option.offsetHeight > list.scrollTop + list.clientHeight) list.scrollTop = option.offsetTop + option.offsetHeight - list.clientHeight;
    }

    /* Gives back whether the key was for the list. */
    key(event) {
      if (!this.isOpen || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return false;
      const options = [...this.list.children];
      const at = options.indexOf(this.current);
      if (event.key === "Escape") this.close();
      else if (event.key === "ArrowDown") this.mark(options[(at + 1) % options.length]);
      else if (event.key === "ArrowUp") this.mark(options[(at + options.length - 1) % options.length]);
      else if ((event.key === "Enter" || event.key === "Tab") && this.current && !event.shiftKey) this.choose(this.current);
      else return false;
      return true;
    }

    choose(option) {
      const { kind, from } = this.asks;
      const { line } = option;
      const { text, start } = this.field;
      this.close();
      if (kind === "block") { this.editor.insert(line.entry, from, start); return; }
      let words = line.puts;
      let to = start;
      if (kind === "page" || kind === "heading") {
        const inTable = Table.at(text, start);
        if (inTable) words = words.replace(/\|/g, "\\|");
        words += "]]";
        if (text.startsWith("]]", start)) to += 2;
      }
      this.field.put(words, from, to);
    }
  }

  /* A copy of the field that can be measured: how its text lies is nowhere else to be seen. */
  const LOOKS = ["fontFamily", "fontSize", "fontWeight", "fontStyle", "letterSpacing", "lineHeight", "textIndent", "textTransform", "wordSpacing", "tabSize", "paddingTop", "paddingRight", "paddingBottom", "paddingLeft", "direction", "textAlign"];
  function mirrorOf(area) {
    const mirror = make("div", { class: "kb-mirror", "aria-hidden": "true" });
    const looks = getComputedStyle(area);
    for (const name of LOOKS) mirror.style[name] = looks[name];
    mirror.style.width = `${area.clientWidth}px`;
    area.parentElement.append(mirror);
    return mirror;
  }
  function caretAt(area, place) {
    const mirror = mirrorOf(area);
    const mark = make("span", {}, "\u200b");
    mirror.append(area.value.slice(0, place), mark);
    const seen = { top: mark.offsetTop, left: mark.offsetLeft, height: mark.offsetHeight || 20 };
    mirror.remove();
    return seen;
  }

  /* Tags are suggested in their own field, by the browser's own means. */
  function suggestTags(field, editor) {
    if (!field) return;
    const list = make("datalist", { id: "kb_tags_known" });
    field.after(list);
    field.setAttribute("list", list.id);
    let timer = 0;
    field.addEventListener("input", (event) => {
      if (event.inputType === "insertReplacementText" || !event.inputType) return;
      clearTimeout(timer);
      timer = setTimeout(async () => {
        const [, before, typed] = /^(.*,\s*)?([^,]*)$/s.exec(field.value);
        try {
          const answer = await fetch(`${editor.words.kbComplete}?${new URLSearchParams({ kind: "tag", q: typed.trim() })}`);
          if (answer.ok) list.replaceChildren(...(await answer.json()).lines.map((line) => make("option", { value: (before || "") + line.puts })));
        } catch { /* no network: the field is a field */ }
      }, 150);
    });
  }

  /* ---- The preview that follows ---- */

  /* Makes `old` like `fresh`, and leaves alone what is equal already: nothing flickers, pictures stay. */
  function morph(old, fresh) {
    const before = [...old.childNodes];
    const after = [...fresh.childNodes];
    let head = 0;
    while (head < before.length && head < after.length && before[head].isEqualNode(after[head])) head += 1;
    let tail = 0;
    while (tail < before.length - head && tail < after.length - head && before[before.length - 1 - tail].isEqualNode(after[after.length - 1 - tail])) tail += 1;
    const gone = before.slice(head, before.length - tail);
    const come = after.slice(head, after.length - tail);
    const behind = before[before.length - tail] || null;
    come.forEach((node, at) => {
      const there = gone[at];
      if (!there) old.insertBefore(document.importNode(node, true), behind);
      else if (there.nodeType === 1 && there.nodeName === node.nodeName && !/^(IFRAME|VIDEO|AUDIO|IMG|INPUT)$/.test(node.nodeName)) {
        for (const { name } of [...there.attributes]) if (!node.hasAttribute(name)) there.removeAttribute(name);
        for (const { name, value } of node.attributes) if (there.getAttribute(name) !== value) there.setAttribute(name, value);
        morph(there, node);
      } else there.replaceWith(document.importNode(node, true));
    });
    for (const node of gone.slice(come.length)) node.remove();
  }

  class Live {
    constructor(editor) {
      this.editor = editor;
      this.pane = one(".kb-live", editor.place);
      this.shown = one(".kb-text", this.pane);
      this.button = one("[data-kb-does=preview]", editor.place);
      this.headings = [];
      this.blocks = [];
      this.took = 0;
      this.size = 0;
      this.moved = 0;
      const { area } = editor.field;
      /* What leads the preview: the caret, until somebody scrolls. */
      area.addEventListener("scroll", () => { if (performance.now() - this.moved > 250) this.leads = false; this.follow(); }, { passive: true });
      this.pane.addEventListener("click", (event) => this.click(event));
      /* Who asks for the preview while it is there already is led to it. */
      editor.form.addEventListener("click", (event) => {
        if (!this.isOn || !event.target.closest("[type=submit][value=preview]")) return;
        event.preventDefault();
        this.ask();
        this.pane.focus({ preventScroll: true });
        this.pane.scrollIntoView({ block: "nearest" });
      });
      document.addEventListener("selectionchange", () => { if (document.activeElement === area) { this.moved = performance.now(); this.leads = true; this.settled(); } });
      this.switch(store.get("kb-live") !== "off");
    }
    get isOn() { return !this.pane.hidden; }

    switch(on) {
      this.pane.hidden = !on;
      this.button.setAttribute("aria-pressed", String(on));
      this.editor.place.classList.toggle("kb-has-live", on);
      one(".kb .kb-editing")?.classList.toggle("kb-wide", on);
      if (on) this.ask(); else this.stopped?.abort();
    }

    /* The longer the text and the slower the answer, the later: never while keys are coming. */
    later() {
      clearTimeout(this.timer);
      const wait = Math.min(6000, Math.max(350, 2 * this.took, this.size > large ? 1500 : 0));
      this.timer = setTimeout(() => this.ask(), wait);
    }

    async ask() {
      clearTimeout(this.timer);
      this.stopped?.abort();
      if (document.hidden) { document.addEventListener("visibilitychange", () => this.ask(), { once: true }); return; }
      const { form, field } = this.editor;
      const stopped = this.stopped = new AbortController();
      const sent = new URLSearchParams();
      for (const [name, value] of new FormData(form)) if (typeof value === "string") sent.append(name, value);
      sent.set("action", "live");
      const text = field.text;
      this.size = text.length;
      const began = performance.now();
      try {
        const answer = await fetch(form.getAttribute("action") || location.href, { method: "POST", body: sent, signal: stopped.signal, headers: { Accept: "application/json" } });
        if (!answer.ok || !(answer.headers.get("Content-Type") || "").includes("json")) throw new Error(String(answer.status));
        const said = await answer.json();
        this.took = performance.now() - began;
        if (!stopped.signal.aborted) this.show(said, text);
      } catch (error) {
        if (error.name === "AbortError") return;
        this.took = 3000;
        this.trouble(this.editor.words.kbFailed);
      }
    }

    trouble(words) {
      const line = one("[data-kb-trouble]", this.pane);
      line.hidden = !words;
      line.textContent = words;
    }

    show(said, text) {
      one("#kb_preview")?.closest("section").remove();
      this.trouble("");
      const fresh = new DOMParser().parseFromString(said.html, "text/html").body;
      for (const node of [...fresh.childNodes]) if (node.nodeType === 3 && !node.data.trim()) node.remove();
      morph(this.shown, fresh);
      this.headings = said.headings;
      this.blocks = said.blocks;
      this.text = text;
      this.measured = null;
      this.editor.written(said);
      this.pair();
      this.settled();
    }

    /* Which element of the preview begins in which line: block by block, or where plugins made more or fewer elements
       of a block, heading by heading. */
    pair() {
      const children = [...this.shown.children];
      const lines = children.length === this.blocks.length ? children.map((child, at) => [this.blocks[at], child])
        : this.headings.map(([line, anchor]) => [line, this.shown.querySelector(`#${CSS.escape(anchor)}`)]).filter(([, heading]) => heading);
      this.pairs = lines;
    }

    /* Where in the field, in pixels, the lines begin that the pairs name. Measured when somebody scrolls, once a text. */
    measure() {
      const { area } = this.editor.field;
      if (this.measured && this.measured.width === area.clientWidth) return this.measured;
      const text = area.value;
      const starts = [];
      let at = 0;
      let line = 0;
      for (const [wanted] of this.pairs) {
        while (line < wanted && at >= 0) { const next = text.indexOf("\n", at); if (next < 0) break; at = next + 1; line += 1; }
        starts.push(at);
      }
      const mirror = mirrorOf(area);
      /* A line end at the end of an element makes no line by itself. */
      const part = (from, to) => make("div", {}, text.slice(from, to).replace(/\n$/, "").replace(/(^|\n)$/, "$1\u200b"));
      const marks = starts.map((start, number) => part(start, starts[number + 1] ?? text.length));
      if (starts[0]) mirror.append(part(0, starts[0]));
      mirror.append(...marks);
      const tops = marks.map((mark) => mark.offsetTop);
      this.measured = { width: area.clientWidth, tops, height: mirror.scrollHeight };
      mirror.remove();
      return this.measured;
    }

    follow() {
      if (!this.isOn || this.waiting || !this.pairs?.length) return;
      this.waiting = requestAnimationFrame(() => {
        this.waiting = 0;
        const { area } = this.editor.field;
        const { tops, height } = this.measure();
        const top = area.scrollTop;
        let at = -1;
        while (at + 1 < tops.length && tops[at + 1] <= top + 4) at += 1;
        const [above, below] = [at < 0 ? 0 : tops[at], tops[at + 1] ?? height];
        const share = below > above ? Math.min(1, Math.max(0, (top - above) / (below - above))) : 0;
        const begins = at < 0 ? 0 : this.offset(this.pairs[at][1]);
        const ends = this.pairs[at + 1] ? this.offset(this.pairs[at + 1][1]) : this.pane.scrollHeight;
        const end = area.scrollTop + area.clientHeight >= area.scrollHeight - 2;
        this.pane.scrollTop = top < 2 ? 0 : end ? this.pane.scrollHeight : begins + share * (ends - begins);
      });
    }
    offset(element) { return element.getBoundingClientRect().top - this.pane.getBoundingClientRect().top + this.pane.scrollTop - 8; }

    /* When the caret rests: what is being written is in sight. */
    settled() {
      clearTimeout(this.rests);
      this.rests = setTimeout(() => {
        const { area, text, start } = { area: this.editor.field.area, text: this.editor.field.text, start: this.editor.field.start };
        this.editor.rested(text, start);
        if (!this.leads) { this.follow(); return; }
        this.editor.bringInSight();
        if (!this.isOn || !this.pairs?.length || document.activeElement !== area) return;
        const line = text.slice(0, start).split("\n").length - 1;
        let at = this.pairs.length - 1;
        while (at > 0 && this.pairs[at][0] > line) at -= 1;
        const seen = this.pairs[at][1].getBoundingClientRect();
        const pane = this.pane.getBoundingClientRect();
        if (seen.bottom < pane.top + 24 || seen.top > pane.bottom - 24) this.pane.scrollTop += seen.top - pane.top - pane.height / 3;
      }, 200);
    }

    /* A link in the preview does not lead out of the form. */
    click(event) {
      const link = event.target.closest("a[href]");
      if (!link || event.defaultPrevented) return;
      event.preventDefault();
      const own = link.getAttribute("href");
      if (own.startsWith("#")) this.shown.querySelector(`#${CSS.escape(decodeURIComponent(own.slice(1)))}`)?.scrollIntoView({ block: "nearest" });
      else window.open(link.href, "_blank", "noopener");
    }
  }

  /* ---- All of it together ---- */

  class Editor {
    constructor(place) {
      this.place = place;
      this.words = place.dataset;
      this.form = place.closest("form");
      this.field = new Field(one("textarea[name=text]", place));
      this.said = one(".kb-written [role=status]", place);
      this.tools();
      for (const hidden of all(".kb-written, [data-kb-with-script]", place)) hidden.hidden = false;
      this.suggesting = new Suggesting(this);
      this.live = new Live(this);
      suggestTags(one("[name=tags]", this.form), this);
      const { area } = this.field;
      area.addEventListener("keydown", (event) => this.key(event));
      area.addEventListener("input", (event) => {
        this.composing = event.isComposing;
        this.changedInTable = this.inTable !== undefined;
        if (!this.field.puts) this.suggesting.typed(event);
        this.changed();
      });
      area.addEventListener("paste", (event) => this.paste(event));
      for (const other of ["title", "path"]) this.form.elements[other]?.addEventListener("input", () => this.changed());
    }
    get path() { return (this.form.elements.path?.value || "").replace(/^\/+|\/+$/g, ""); }
    say(words) { this.said.textContent = words; }
    changed() { if (this.live.isOn) this.live.later(); }

    tools() {
      const bar = this.bar = one(".kb-toolbar", this.place);
      if (mac) for (const button of all("[aria-keyshortcuts]", bar)) {
        button.setAttribute("aria-keyshortcuts", button.getAttribute("aria-keyshortcuts").replace("Control", "Meta"));
        button.title = button.title.replace("Ctrl+", "⌘").replace("Shift+", "⇧");
      }
      bar.hidden = false;
      const buttons = () => all("button", bar).filter((button) => !button.closest("[hidden]"));
      buttons()[0].tabIndex = 0;
      bar.addEventListener("click", (event) => { const button = event.target.closest("button"); if (button) this.insert(button); });
      bar.addEventListener("focusin", (event) => { for (const button of all("button", bar)) button.tabIndex = button === event.target ? 0 : -1; });
      bar.addEventListener("keydown", (event) => {
        const row = buttons();
        const at = row.indexOf(document.activeElement);
        const turned = getComputedStyle(bar).direction === "rtl" ? -1 : 1;
        const to = { ArrowRight: at + turned, ArrowLeft: at - turned, Home: 0, End: row.length - 1 }[event.key];
        if (to === undefined || at < 0) return;
        event.preventDefault();
        row[(to + row.length) % row.length].focus();
      });
    }

    /* What a button or an entry of the menu does; in place of `from`..`to`, where it was asked for by typing. */
    insert(button, from, to) {
      if (from !== undefined) this.field.put("", from, to);
      const { kbDoes: does, kbBefore: before, kbAfter: after, kbPlaceholder: placeholder } = button.dataset;
      if (before !== undefined) { this.field.around(before, after, placeholder); return; }
      this.do(does);
    }

    do(what) {
      const { field, words } = this;
      const here = {
        heading: () => field.heading(),
        bold: () => field.mark("**", words.kbWords),
        italic: () => field.mark("*", words.kbWords),
        code: () => field.code(),
        link: () => field.link(words.kbWords),
        page: () => { field.around("[[", "]]", ""); this.suggesting.look(); },
        file: () => one(".kb-files button", this.place)?.click(),
        list: () => field.prefix(/^([ \t]*)[-*+][ \t]+(?!\[[ xX]\])/, () => "- "),
        numbers: () => field.prefix(/^([ \t]*)\d{1,9}[.)][ \t]+/, (at) => `${at + 1}. `),
        task: () => field.prefix(/^([ \t]*)[-*+][ \t]+\[[ xX]\][ \t]+/, () => "- [ ] "),
        quote: () => field.quote(),
        table: () => this.newTable(),
        preview: () => { const on = !this.live.isOn; store.set("kb-live", on ? "on" : "off"); this.live.switch(on); },
        full: () => this.full(!this.place.classList.contains("kb-full")),
      }[what];
      if (here) here();
      else Table.at(field.text, field.start)?.change(field, what);
    }

    newTable() {
      const { field, words } = this;
      const chosen = field.text.slice(field.start, field.end);
      const rows = rowsOf(chosen) || [[words.kbHeading, words.kbHeading], ["", ""]];
      field.block(`${tableOf(rows)}\n`, "", "");
      const first = field.text.lastIndexOf("\n\n", field.start - 2);
      const table = Table.at(field.text, field.start - 2);
      if (table && first <= table.from) table.write(field, 0, 0);
    }

    full(on) {
      this.place.classList.toggle("kb-full", on);
      one("[data-kb-does=full]", this.place).setAttribute("aria-pressed", String(on));
      /* What lies behind is not to be reached meanwhile. */
      for (let element = this.place; element !== document.body; element = element.parentElement) {
        for (const beside of element.parentElement.children) if (beside !== element && !/^(SCRIPT|STYLE|LINK|DIALOG)$/.test(beside.nodeName)) {
          if (on && !beside.inert) { beside.inert = true; beside.dataset.kbBehind = ""; } else if (!on && "kbBehind" in beside.dataset) { beside.inert = false; delete beside.dataset.kbBehind; }
        }
      }
      document.documentElement.classList.toggle("kb-still", on);
      this.field.area.focus();
    }

    key(event) {
      if (event.isComposing || event.defaultPrevented) return;
      const free = this.released;
      if (event.key !== "Shift") this.released = false;
      if (this.suggesting.key(event)) { event.preventDefault(); return; }
      const command = mac ? event.metaKey && !event.ctrlKey : event.ctrlKey && !event.metaKey;
      this.plain = command && event.shiftKey && event.code === "KeyV";
      if (command && !event.altKey) {
        const what = event.shiftKey ? { Digit7: "numbers", Digit8: "list", Digit9: "task" }[event.code] : { b: "bold", i: "italic", k: "link", e: "code" }[event.key.toLowerCase()];
        if (what) { event.preventDefault(); this.do(what); }
        return;
      }
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.key === "Escape") {
        event.preventDefault();
        if (this.place.classList.contains("kb-full")) this.full(false); else this.released = true;
        return;
      }
      if (event.key === "Enter" && !event.shiftKey && this.field.enter()) event.preventDefault();
      if (event.key === "Tab" && !free) {
        const table = Table.at(this.field.text, this.field.start);
        if (table ? table.go(this.field, event.shiftKey) : this.field.indent(event.shiftKey)) event.preventDefault();
      }
    }

    /* Where the window ends for the field: what is pressed to save may stand over its foot. */
    get foot() {
      const bottom = window.visualViewport ? visualViewport.height + visualViewport.offsetTop : innerHeight;
      const save = one(".kb-save", this.form);
      if (!save || this.place.classList.contains("kb-full") || getComputedStyle(save).position !== "sticky") return bottom;
      return Math.min(bottom, save.getBoundingClientRect().top);
    }
    bringInSight() {
      const { area, text, start } = { area: this.field.area, text: this.field.text, start: this.field.start };
      const box = area.getBoundingClientRect();
      const { foot } = this;
      if (box.bottom <= foot || text.length > large) return;
      const seen = caretAt(area, start);
      const low = box.top + seen.top - area.scrollTop + 1.5 * seen.height;
      if (low > foot) scrollBy({ top: Math.ceil(low - foot), behavior: "instant" });
    }

    /* The caret rests: tools for tables where there is one, and the table that was left gets its columns in line. */
    rested(text, start) {
      if (this.suggesting.isOpen || this.suggesting.waits) return;
      const table = Table.at(text, start);
      const left = this.inTable;
      one("[data-kb-in-table]", this.place).hidden = !table;
      const hasLeft = left !== undefined && table?.from !== this.tableFrom;
      if (hasLeft && this.changedInTable) this.alignLeft(text, start, left);
      if (hasLeft || !table) this.changedInTable = false;
      this.inTable = table ? start : undefined;
      this.tableFrom = table?.from;
    }
    alignLeft(text, start, place) {
      const { field } = this;
      if (this.composing || field.start !== field.end || document.activeElement !== field.area) return;
      const table = Table.at(text, place);
      const words = table?.written().words;
      if (!table || words === table.words || (start >= table.from && start <= table.to)) return;
      const moved = start > table.to ? words.length - table.words.length : 0;
      const top = field.area.scrollTop;
      field.put(words, table.from, table.to, start + moved);
      field.area.scrollTop = top;
    }

    paste(event) {
      const data = event.clipboardData;
      const plain = data?.getData("text/plain") || "";
      if (event.defaultPrevented || !data || this.plain || (!plain && !data.getData("text/html"))) return;
      const { field } = this;
      const chosen = field.text.slice(field.start, field.end);
      if (isAddress(plain.trim()) && chosen.trim() && !chosen.includes("\n") && !isAddress(chosen)) {
        event.preventDefault();
        field.put(`[${chosen}](${plain.trim()})`);
        return;
      }
      const words = field.inCode(field.start) ? "" : this.converted(data, plain);
      if (!words || words === plain.trim()) return;
      event.preventDefault();
      const from = field.start;
      const isBlock = words.includes("\n") || /^(#|\||>|- |\d+\. )/.test(words);
      const before = field.text.slice(0, from);
      const gap = isBlock && from && !before.endsWith("\n\n") ? (before.endsWith("\n") ? "\n" : "\n\n") : "";
      const rest = isBlock && field.text[field.end] && field.text[field.end] !== "\n" ? "\n\n" : "";
      /* Twice, so that undoing once gives the plain text. */
      if (plain) field.put(plain.replace(/\r\n?/g, "\n"));
      field.put(gap + words + rest, from, plain ? field.end : from);
      this.say(this.words.kbPasted);
    }
    converted(data, plain) {
      const html = data.types.includes("vscode-editor-data") ? "" : data.getData("text/html");
      if (html && html.length < 3000000) {
        const made = new Converted(html, this.words.kbBase);
        if (made.isTable || made.isRich) return made.markdown;
      }
      const rows = rowsOf(plain);
      return rows ? tableOf(rows) : "";
    }

    written(said) {
      one("[data-kb-amount]", this.place).textContent = said.said.join(" · ");
      const fold = one(".kb-advised", this.place);
      fold.hidden = !said.advice.length;
      one("summary", fold).textContent = said.advised;
      one("ul", fold).replaceChildren(...said.advice.map((advice) => {
        const button = make("button", { type: "button", class: "kb-aslink", dir: "auto" }, advice.text);
        button.addEventListener("click", () => this.goTo(advice.line));
        const entry = make("li", {});
        entry.append(button);
        return entry;
      }));
    }
    goTo(line) {
      const { area } = this.field;
      const lines = area.value.split("\n");
      const at = lines.slice(0, line).reduce((sum, words) => sum + words.length + 1, 0);
      area.focus();
      this.field.select(at, at + (lines[line] || "").length);
      area.scrollTop = Math.max(0, caretAt(area, at).top - area.clientHeight / 3);
    }
  }

  function start() {
    for (const place of all(".kb [data-kb-write]")) new Editor(place);
  }
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
