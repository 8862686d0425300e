/* The field: what is put into it the browser can undo, and lists and quotations go on by themselves.
   A part of the editor (see kb-edit.js): what it makes is handed to the others by the document, under a symbol. */
(() => {
  "use strict";
  const edit = (document[Symbol.for("kbwiki.edit")] ??= {});

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

  Object.assign(edit, { one, all, make, store, mac, large, isAddress, Field });
})();
